"""The commands about labelled cases."""
