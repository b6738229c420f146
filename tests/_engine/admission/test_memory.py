"""Shares of memory: beside other scans of the process, and beside other workers."""

from __future__ import annotations

import threading

from inspect_scout._engine.admission.memory import ExclusiveSlot, ProcessShare


def test_a_scan_alone_has_all_the_memory() -> None:
    share = ProcessShare(1000)
    with share.taken():
        assert share.total() == 1000


def test_scans_side_by_side_divide_the_memory_and_give_it_back() -> None:
    one, other, third = ProcessShare(1000), ProcessShare(1000), ProcessShare(1000)
    with one.taken():
        with other.taken(), third.taken():
            assert (one.total(), other.total()) == (333, 333)
        assert one.total() == 1000


def test_a_scan_that_needs_less_divides_what_it_needs() -> None:
    one, other = ProcessShare(1000), ProcessShare(1000)
    with one.taken(), other.taken():
        one.limit_memory(100)
        assert (one.total(), other.total()) == (50, 500)


def test_workers_of_others_are_counted_while_they_run() -> None:
    one, other = ProcessShare(1000), ProcessShare(1000)
    one.set_workers(1)
    other.set_workers(3)
    with one.taken():
        assert one.workers_of_others == 0
        with other.taken():
            assert (one.workers_of_others, other.workers_of_others) == (3, 1)


def test_scans_of_many_threads_leave_nothing_behind() -> None:
    def scan() -> None:
        for _ in range(200):
            with ProcessShare(1000).taken():
                pass

    threads = [threading.Thread(target=scan) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    share = ProcessShare(1000)
    with share.taken():
        assert (share.total(), share.workers_of_others) == (1000, 0)


def test_the_slot_is_granted_in_the_order_of_requests() -> None:
    slot, begun = ExclusiveSlot(), list[str]()
    for who in ("a", "b", "a", "c"):
        slot.request(who, lambda who=who: begun.append(who))  # type: ignore[misc]
    assert (begun, slot.waiting) == (["a"], 3)
    slot.release("a")
    assert begun == ["a", "b"]
    slot.release("c")  # gives up before it began
    slot.release("b")
    assert begun == ["a", "b", "a"]
    slot.release("a")
    slot.request("d", lambda: begun.append("d"))
    assert begun[-1] == "d"


def test_who_leaves_holds_up_nobody() -> None:
    slot, begun = ExclusiveSlot(), list[str]()
    for who in ("a", "a", "b"):
        slot.request(who, lambda who=who: begun.append(who))  # type: ignore[misc]
    slot.leave("a")
    assert begun[-1] == "b"
    assert slot.waiting == 0
