"""The process that serves: its port, its connections, its beginning and its end.

ports     which port, and who had it before     protocol  connections, and how long a client may take
server    what listens, and says so             start     `view(...)`, from a program, a terminal or a notebook
"""
