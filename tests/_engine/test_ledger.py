"""A ledger that is closed hands out nothing, and is over when nobody holds anything."""

from __future__ import annotations

import asyncio

from inspect_scout._engine.ledger import Ledger
from inspect_scout._plan import Unit


def test_a_closed_ledger_waits_only_for_what_is_held() -> None:
    async def main() -> None:
        ledger = Ledger([Unit(n, ("a",)) for n in range(10)])
        ledger.take("dies", 2)
        ledger.lose("dies")
        first = ledger.take_fresh("here")
        others = ledger.take("there", 2)
        assert first is not None and len(others) == 2
        over = asyncio.create_task(ledger.over())
        ledger.close()
        assert (ledger.fresh, ledger.left, ledger.held) == (0, 0, 3)
        assert ledger.take_fresh("here") is None
        assert ledger.take("there", 5) == []
        ledger.finish("here", [first.ticket])
        await asyncio.sleep(0)
        assert not over.done()
        ledger.give_back("there")
        await over
        assert ledger.done

    asyncio.run(main())
