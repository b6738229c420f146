"""The only package that may use inspect_ai's private names: one thin wrapper each, tested one by one."""
