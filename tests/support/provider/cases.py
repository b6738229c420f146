"""What a provider may do to a call, and the right behaviour of a scan in each case.

All cases run side by side in one scan for each dialect: a transcript is a case, and its scanner asks the model once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from inspect_ai.model import GenerateConfig, get_model

from inspect_scout import Result, Scanner, Transcript, scanner

from . import behaviours as b
from .behaviours import OK, Behaviour, error_with_200, no_choices, ok, rate
from .dialects import Dialect

RETRIES: Final = 2


@dataclass(frozen=True)
class Case:
    """A case and what is right.

    Args:
        name: What the provider does.
        script: What becomes of the first requests; those after them are answered.
        calls: Requests that the server sees.
        tokens: Tokens that the row tells.
        said: What the error of the row says (None: the row has a value).
        untold: Answers counted as without usage.
        config: Generation options of the call; unless they say otherwise it is sent again twice.
        of: What is another in some dialects.
    """

    name: str
    script: tuple[Behaviour, ...]
    calls: int
    tokens: int = 120
    said: str | None = None
    untold: int = 0
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])
    of: Mapping[Dialect, Mapping[str, Any]] = field(default_factory=dict[Dialect, Mapping[str, Any]])

    @property
    def is_refused(self) -> bool:
        """Whether the provider says that there are too many calls, which slows down who shares the account."""
        return any(behaviour.status in {429, 503, 529} for behaviour in self.script)

    def in_dialect(self, dialect: Dialect) -> Case:
        """Give the case as it is in a dialect."""
        return replace(self, **self.of.get(dialect, {}))


def _passing(name: str, behaviour: Behaviour, **more: Any) -> Case:
    """A fault that passes: the call is sent again and answered."""
    return Case(f"{name}, once", (behaviour,), calls=2, **more)


def _lasting(name: str, behaviour: Behaviour, said: str, **more: Any) -> Case:
    """A fault that stays: the call is sent as often as the number of retries says."""
    values: dict[str, Any] = {"calls": 1 + RETRIES, "tokens": 0, **more}
    return Case(f"{name}, always", (behaviour,) * 9, said=said, **values)


def _refused(name: str, behaviour: Behaviour, said: str) -> Case:
    """A refusal that is the same next time: the call is sent once."""
    return Case(name, (behaviour,) * 9, calls=1, tokens=0, said=said)


_NOTHING: Final = "answered 200 without a completion: "
_ALL_WRONG: Final[Mapping[str, tuple[Behaviour, str]]] = {
    "HTML with 200": (b.HTML, _NOTHING + ".*Sign in.*Proxy login"),
    "empty body": (b.EMPTY_BODY, _NOTHING + "an empty body"),
    "not JSON": (b.NOT_JSON, _NOTHING + r".*choices.*\[\{.*ind"),
    "null": (b.NULL, _NOTHING + "'null'"),
    "a list": (b.A_LIST, _NOTHING + r"'\[1, 2\]'"),
    "half a body": (b.HALF, _NOTHING + "the answer broke off"),
}

CASES: Final[tuple[Case, ...]] = (
    Case("an answer", (OK,), calls=1),
    Case("a slow answer", (ok(delay=0.5),), calls=1),
    _passing("too many calls", rate()),
    _passing("too many calls, with the time to wait", rate(0.3)),
    _lasting("too many calls", rate(0.1), "slow down"),
    _passing("busy (503)", b.UNAVAILABLE),
    _passing("overloaded (529)", b.OVERLOADED),
    _passing("broken (500)", b.BROKEN),
    _passing("a page of a gateway (502)", b.BAD_GATEWAY),
    _lasting("broken (500)", b.BROKEN, "The server had an error"),
    _passing("a reset connection", b.RESET),
    Case("resets, twice", (b.RESET, b.RESET), calls=3),
    Case("several faults in a row", (rate(0.1), b.HTML), calls=3),
    *(_passing(name, wrong) for name, (wrong, _) in _ALL_WRONG.items()),
    *(_lasting(name, wrong, said) for name, (wrong, said) in _ALL_WRONG.items()),
    _passing("an error with 200", error_with_200("Boom", usage=None)),
    # What a stream tells before it says that it failed, is not given out by its client.
    _passing(
        "an error with 200 and tokens", error_with_200("Boom", (7, 3)), tokens=130, of={"anthropic": {"tokens": 120}}
    ),
    _lasting("an error with 200", error_with_200("Boom", usage=None), "Boom"),
    # Anthropic's models may have nothing to say, and then send no content.
    _passing("no choices", no_choices(), tokens=240, of={"anthropic": {"calls": 1, "tokens": 120}}),
    _lasting(
        "no choices", no_choices(), _NOTHING, tokens=360, of={"anthropic": {"calls": 1, "tokens": 120, "said": None}}
    ),
    # Anthropic's client cannot read an answer without usage, which its protocol demands.
    Case(
        "no usage",
        (ok(usage=None),),
        calls=1,
        tokens=0,
        untold=1,
        of={"anthropic": {"untold": 0, "said": "output_tokens"}},
    ),
    Case("usage of zero", (ok(usage=(0, 0)),), calls=1, tokens=0, untold=1),
    Case("negative usage", (ok(usage=(-100, 20)),), calls=1, tokens=0, untold=1),
    Case("absurd usage", (ok(usage=(10**15, 20)),), calls=1, tokens=0, untold=1),
    Case("absurd and negative usage", (ok(usage=(10**15, -(10**15) + 5)),), calls=1, tokens=0, untold=1),
    _refused("out of quota", b.QUOTA, "exceeded your current quota"),
    _refused("no credit", b.NO_CREDIT, "credit balance is too low"),
    _refused("a bad key (400)", b.BAD_KEY, "API key not valid"),
    _refused("no tools", b.NO_TOOLS, "does not support tools"),
    _refused("a bad key (401)", b.UNAUTHORIZED, "Incorrect API key"),
    _refused("forbidden", b.FORBIDDEN, "may not use this model"),
    _refused("not found", b.NOT_FOUND, "does not exist"),
    _lasting("no retries", rate(0.1), "slow down", calls=1, config={"max_retries": 0}),
    _lasting("one retry", b.BROKEN, "had an error", calls=2, config={"max_retries": 1}),
)


TIMED: Final[tuple[Case, ...]] = (
    _lasting("a hang", b.HANG, r"within 1 s \(timeout\)", calls=1, config={"timeout": 1}),
    _lasting("a trickle", b.DRIP, r"within 1 s \(timeout\)", calls=1, config={"timeout": 1}),
    Case("a hang that is tried again", (b.HANG,), calls=2, config={"attempt_timeout": 1}),
    _lasting("a hang", b.HANG, r"within 1 s \(attempt_timeout\), tried 3 times", config={"attempt_timeout": 1}),
    _lasting("a wait longer than there is time", rate(60), "slow down", calls=1, config={"timeout": 3}),
)
"""Cases that wait for the end of a time; apart, because busy neighbours take theirs from it."""

FEW: Final = tuple(
    case
    for case in CASES
    if case.name
    in {
        *("an answer", "too many calls, with the time to wait, once", "broken (500), always", "half a body, once"),
        *("HTML with 200, once", "null, always", "an error with 200 and tokens, once", "no choices, once", "no usage"),
        *("absurd usage", "out of quota", "no credit", "a bad key (401)", "one retry, always"),
    }
)
"""A case of each kind, for tests that are to be fast."""


@dataclass
class CaseScript:
    """The script of a server at which all cases run at once.

    Args:
        cases: The cases, by the number of their transcript.
    """

    cases: tuple[Case, ...]
    seen: Counter[int] = field(default_factory=Counter[int])

    def __call__(self, _: int, request: str) -> Behaviour:
        """Decide by the case that a request belongs to, and by how often it came."""
        number = int(_NUMBER.findall(request)[-1])
        self.seen[number] += 1
        script = self.cases[number].script
        return script[self.seen[number] - 1] if self.seen[number] <= len(script) else OK


_NUMBER: Final = re.compile(r"case-(\d+)")


@scanner(messages="all", name="asks_cases")
def asks_cases(
    configs: list[dict[str, Any]], apart: list[int], model: str, args: dict[str, Any]
) -> Scanner[Transcript]:
    """Ask about each case, as the case says; some with an account of their own."""

    async def ask(transcript: Transcript) -> Result:
        number = int(_NUMBER.findall(transcript.transcript_id)[-1])
        options: dict[str, Any] = {"max_retries": RETRIES, **configs[number]}
        config = GenerateConfig(**options)
        own = get_model(model, api_key=f"key-{number}", memoize=False, **args) if number in apart else None
        try:
            output = await (own or get_model()).generate(f"Does it? {transcript.transcript_id}", config=config)
        finally:
            if own is not None:
                await own.api.aclose()
        return Result(value=output.completion or "nothing")

    return ask
