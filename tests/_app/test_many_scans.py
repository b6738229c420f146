"""Many scans in one event loop leave it to others."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

from inspect_scout import Result, Transcript, scan_results_df, transcripts_from
from inspect_scout.aio import scan_async
from support.transcripts import scanner_of, talks


def test_in_each_round_of_the_loop_one_of_all_scans_does_a_piece_of_work(tmp_path: Path) -> None:
    rounds = 0
    seen: list[int] = []

    def look(transcript: Transcript) -> Result:
        seen.append(rounds)
        return Result(value=len(transcript.messages))

    async def beat() -> None:
        nonlocal rounds
        for rounds in itertools.count():  # noqa: B007 - read by the scanner
            await asyncio.sleep(0)

    async def main() -> list[str]:
        heart = asyncio.create_task(beat())
        scans = [
            scan_async([scanner_of(look)], transcripts_from(talks(30)), scans=str(tmp_path / str(n)), max_processes=1)
            for n in range(6)
        ]
        done = await asyncio.gather(*scans)
        heart.cancel()
        return [status.location for status in done if status.complete]

    locations = asyncio.run(main())
    assert [len(scan_results_df(at).scanners["probe"]) for at in locations] == [30] * 6
    assert len(seen) == len(set(seen)) == 180
