"""The journal of a scan: who may write to it (`lock`), how rows get into it (`writer`), and which rows are where (`index`)."""
