"""Telling processes apart that had the same number at different times, or have it on different machines."""

from __future__ import annotations

import os


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
