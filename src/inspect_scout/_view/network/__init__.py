"""Who may ask this server, from where, and what its answers allow a browser to do.

authorities     names of servers and pages, in one form      policy    which of them are trusted
content_policy  what a page may load                         access    the token, and the cookie that stands for it
guards          all of it, around an application
"""
