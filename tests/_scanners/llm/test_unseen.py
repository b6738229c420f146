"""Citations of messages that the judging model was not shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from inspect_ai.model import ChatMessage, ChatMessageTool, ChatMessageUser, ModelOutput
from inspect_ai.scorer import Reference
from pydantic import BaseModel, Field

from inspect_scout._scanners.answers.build import parse_answer
from inspect_scout._scanners.answers.spec import AnswerMultiLabel, AnswerStructured
from inspect_scout._scanners.llm.generate import generate_answer
from inspect_scout._scanners.llm.reduce import ResultReducer
from inspect_scout._scanners.render.messages import MessagesPreprocessor, message_numbering
from inspect_scout._types import RESULTSET, Result, Transcript, unseen_citations
from inspect_scout.testing import scripted_model
from support.judging import judged, reduced
from support.threads import model_call, span, timeline
from support.transcripts import talk


class Verdict(BaseModel):
    """What is found."""

    value: str = Field(description="What.")
    because: str = Field(description="Why.")


def long_talk(count: int = 6, characters: int = 4000) -> Transcript:
    messages: list[ChatMessage] = [
        ChatMessageUser(id=f"m{n}", content=f"message {n} " + "x" * characters) for n in range(1, count + 1)
    ]
    return Transcript(transcript_id="long", messages=messages)


def cites(result: Result[Any]) -> list[str]:
    return [reference.cite or "" for reference in result.references]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("boolean", "yes"),
        ("numeric", "3"),
        ("string", "a part"),
        (["one", "other"], "A"),
        (AnswerMultiLabel(["one", "other"]), "A"),
    ],
)
def test_invented_citation_is_marked(answer: Any, said: str) -> None:
    result = judged(talk(1), scripted_model(f"As [M2] and [M99] say [M0].\n\nANSWER: {said}"), answer=answer)
    assert result.metadata is not None
    assert result.metadata["unseen_citations"] == ["[M99]", "[M0]"]
    assert cites(result) == ["[M2]"]


def test_citations_of_what_was_shown_leave_no_mark() -> None:
    result = judged(talk(1), scripted_model("As [M2-M3] say.\n\nANSWER: yes"))
    assert result.metadata == {"stop_reason": "stop"}


def test_number_of_a_message_that_was_left_out_is_marked() -> None:
    # The first message is that of the system.
    result = judged(talk(1), scripted_model("As [M1] says.\n\nANSWER: yes"))
    assert unseen_citations(result) == ["[M1]"]
    shown = MessagesPreprocessor[list[ChatMessage]](exclude_system=False)
    assert not unseen_citations(judged(talk(1), scripted_model("As [M1] says.\n\nANSWER: yes"), preprocessor=shown))


def test_what_a_filter_leaves_out_is_marked() -> None:
    messages: list[ChatMessage] = [
        ChatMessageUser(id="a", content="Hi."),
        ChatMessageTool(id="b", content="42"),
        ChatMessageUser(id="c", content="Bye."),
    ]
    given = Transcript(transcript_id="t", messages=messages)
    model = scripted_model("As [M2] says, and [M1-M3].\n\nANSWER: yes")
    without = MessagesPreprocessor[list[ChatMessage]](exclude_tool_usage=True)
    assert unseen_citations(judged(given, model, preprocessor=without)) == ["[M2]"]
    assert not unseen_citations(judged(given, model))

    async def drop(messages: list[ChatMessage]) -> list[ChatMessage]:
        return messages[:1]

    assert unseen_citations(judged(given, model, preprocessor=MessagesPreprocessor(transform=drop))) == [
        "[M2]",
        "[M2-M3]",
    ]


def test_message_of_another_segment_was_not_shown() -> None:
    def reply(prompt: str) -> str:
        return f"As [M1] says.\n\nANSWER: {1 if 'message 1 ' in prompt else 2}"

    result = judged(long_talk(), scripted_model(reply), answer="numeric", context_window=3000)
    assert unseen_citations(result) == ["[M1]"]
    assert cites(result) == ["[M1]"]
    others = judged(long_talk(), scripted_model("As [M6] says [M5-M6].\n\nANSWER: no"), context_window=3000)
    assert unseen_citations(others) == ["[M6]", "[M5-M6]"]


def test_marks_of_segments_are_merged() -> None:
    counted = iter(range(90, 200))
    model = scripted_model(lambda _: f"As [M99] says [M{next(counted)}].\n\nANSWER: yes")
    result = judged(long_talk(), model, context_window=3000)
    assert unseen_citations(result) == ["[M99]", "[M90]", "[M91]", "[M92]"][: 1 + len(model.calls)]


def test_parts_of_a_message_show_it() -> None:
    result = judged(long_talk(1, 20_000), scripted_model("As [M1] says.\n\nANSWER: yes"), context_window=3000)
    assert not unseen_citations(result)


def test_what_the_template_cuts_off_was_not_shown() -> None:
    template = "{{ messages[:100] }}\n{{ question }}"
    result = judged(long_talk(), scripted_model("As [M1] says [M3].\n\nANSWER: yes"), template=template)
    assert unseen_citations(result) == ["[M3]"]


def test_message_without_an_id_was_shown() -> None:
    message = ChatMessageUser(content="Hi.")
    message.id = None
    given = Transcript(transcript_id="t", messages=[message])
    assert not unseen_citations(judged(given, scripted_model("As [M1] says.\n\nANSWER: yes")))


def test_answer_that_cannot_be_read_is_marked_too() -> None:
    result = judged(talk(1), scripted_model("As [M99] says."))
    assert result.value is None
    assert unseen_citations(result) == ["[M99]"]


def test_value_that_cites_is_marked() -> None:
    result = judged(talk(1), scripted_model("So it is.\n\nANSWER: It was [M77]."), answer="string")
    assert unseen_citations(result) == ["[M77]"]


def test_every_field_of_a_structured_answer_counts() -> None:
    said = {"value": "x [M98]", "because": "y [M97] [M2]", "explanation": "z [M96]"}
    result = judged(talk(1), scripted_model(said), answer=AnswerStructured(Verdict))
    assert unseen_citations(result) == ["[M96]", "[M98]", "[M97]"]
    assert cites(result) == ["[M2]"]


def test_each_item_of_a_list_has_its_own_mark() -> None:
    def item(cite: str) -> dict[str, str]:
        return {"value": "x", "because": "y", "explanation": f"z {cite}"}

    said = {"results": [item("[M2]"), item("[M99]"), item("[M98] [M98]")]}
    result = judged(talk(1), scripted_model(said), answer=AnswerStructured(list[Verdict]))
    assert result.type == RESULTSET
    items: Any = result.value
    assert [i["metadata"].get("unseen_citations") for i in items] == [None, ["[M99]"], ["[M98]"]]


def test_spans_have_their_own_marks() -> None:
    spans = [span("one", [model_call("ua", "a1")]), span("two", [model_call("ub", "a2")])]
    given = Transcript(transcript_id="t", timelines=[timeline(span("main", spans))])
    model = scripted_model("As [M1] says.\n\nANSWER: yes")
    items: Any = judged(given, model).value
    assert len(model.calls) == 2
    assert [i["metadata"].get("unseen_citations") for i in items] == [None, ["[M1]"]]


def test_combined_answer_may_cite_what_the_segments_cite() -> None:
    results: list[Result[Any]] = [
        Result(
            value="a",
            answer="a",
            explanation="As [M2] and [M98] say.",
            references=[Reference(type="message", cite="[M2]", id="m2")],
            metadata={"unseen_citations": ["[M98]"]},
        ),
        Result(value="b", answer="b", explanation="As [M5-M6] say."),
    ]
    written = reduced(scripted_model("[M2] [M5] [M6] [M98] [M7]\n\nANSWER: both"), results)
    assert unseen_citations(written) == ["[M98]", "[M7]"]
    assert not unseen_citations(reduced(scripted_model("As [M2] says.\n\nANSWER: both"), results))
    assert unseen_citations(asyncio.run(_last(results))) == ["[M98]"]


async def _last(results: list[Result[Any]]) -> Result[Any]:
    return await ResultReducer.last(results)


def test_callers_of_a_model_get_the_mark() -> None:
    async def call() -> list[Result[Any]]:
        render, extract = message_numbering()
        prompt = await render([ChatMessageUser(id="a", content="Hi.")])
        said = "As [M1] and [M2] say.\n\nANSWER: yes"
        asked = await generate_answer(prompt, "boolean", model=scripted_model(said), extract_refs=extract)
        return [asked, parse_answer(ModelOutput.from_content("m", said), "boolean", extract)]

    assert [unseen_citations(result) for result in asyncio.run(call())] == [["[M2]"], ["[M2]"]]


def test_functions_of_others_know_nothing_of_it() -> None:
    def extract(text: str) -> list[Reference]:
        return []

    said = scripted_model("As [M99] says.\n\nANSWER: yes")
    result = asyncio.run(generate_answer("?", "boolean", model=said, extract_refs=extract))
    assert result.metadata == {"stop_reason": "stop"}
