"""Processes of this machine: whether they exist, and what tells those apart that had the same number at different times."""

from __future__ import annotations

import os


def process_exists(pid: int) -> bool | None:
    """Tell whether a process of this machine exists; None where the system does not say."""
    if os.name == "nt" or pid <= 0:
        return None  # signal 0 would send Ctrl-C there
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def process_start(pid: int) -> str:
    """When a process started, in clock ticks since boot, where the system tells."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return ""
    return fields[19].decode() if len(fields) > 19 else ""


def machine_id() -> str:
    """What tells this machine, and the space that its processes are counted in, from others, where the system tells."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""
