"""What the scans of one process divide among them."""

from __future__ import annotations

import threading

from inspect_scout._engine.beside import ProcessShare
from inspect_scout._engine.budget import ByteBudget


def share_of(memory_bytes: int = 1000) -> tuple[ProcessShare, ByteBudget]:
    budget = ByteBudget(memory_bytes)
    return ProcessShare(budget, memory_bytes), budget


def test_a_scan_alone_has_all_the_memory() -> None:
    share, budget = share_of()
    with share.taken():
        assert budget.total == 1000


def test_scans_side_by_side_divide_the_memory_and_give_it_back() -> None:
    (one, first), (other, second), (third, _) = share_of(), share_of(), share_of()
    with one.taken():
        with other.taken(), third.taken():
            assert (first.total, second.total) == (333, 333)
        assert first.total == 1000


def test_a_scan_that_needs_less_divides_what_it_needs() -> None:
    (one, first), (other, second) = share_of(), share_of()
    with one.taken(), other.taken():
        one.limit_memory(100)
        assert (first.total, second.total) == (50, 500)


def test_workers_of_others_are_counted_while_they_run() -> None:
    (one, _), (other, _) = share_of(), share_of()
    one.workers, other.workers = 1, 3
    with one.taken():
        assert one.workers_of_others == 0
        with other.taken():
            assert (one.workers_of_others, other.workers_of_others) == (3, 1)


def test_scans_of_many_threads_leave_nothing_behind() -> None:
    def scan() -> None:
        for _ in range(200):
            share, _ = share_of()
            with share.taken():
                pass

    threads = [threading.Thread(target=scan) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    share, budget = share_of()
    with share.taken():
        assert (budget.total, share.workers_of_others) == (1000, 0)
