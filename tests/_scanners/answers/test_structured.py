from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator, model_validator

from inspect_scout import ScoutError
from inspect_scout._scanners.answers.build import answer_type
from inspect_scout._scanners.answers.schema import StructuredSchema, structured_schema
from inspect_scout._scanners.answers.spec import AnswerStructured
from inspect_scout._scanners.answers.structured import StructuredAnswer, structured_result
from inspect_scout._scanners.answers.validate import StructuredValue, validate_structured
from inspect_scout.testing.answer_laws import cited, failed, parse


class Inner(BaseModel):
    n: int = Field(description="a number", ge=0, le=10)


class Verdict(BaseModel):
    value: bool = Field(description="whether it happened")
    label: Literal["mild", "severe"] | None = Field(description="how bad")
    explanation: str = Field(description="why")
    where: Inner = Field(description="where")


class Aliased(BaseModel):
    found: int = Field(alias="value", description="how many")
    kind: str = Field(alias="label", description="of what kind")
    why: str = Field(alias="explanation", description="why")
    note: str = Field(description="a note")


class Plain(BaseModel):
    name: str = Field(description="its name")
    inner: Inner = Field(description="its number")
    others: list[Inner] = Field(default_factory=list[Inner], description="more of them")


class Checked(BaseModel):
    value: str = Field(description="an even word")

    @field_validator("value")
    @classmethod
    def is_even(cls, value: str) -> str:
        if len(value) % 2:
            raise ValueError("the word must have an even number of letters")
        return value

    @model_validator(mode="after")
    def is_no_palindrome(self) -> Checked:
        if self.value == self.value[::-1]:
            raise ValueError("palindromes are not allowed")
        return self


class Tree(BaseModel):
    name: str = Field(description="name")
    children: list[Tree] = Field(default_factory=list["Tree"], description="what is below")


def schema_of(kind: Any) -> StructuredSchema:
    return structured_schema(AnswerStructured(kind))


def checked(kind: Any, arguments: object) -> StructuredValue | str:
    return validate_structured(schema_of(kind), arguments)


def error(kind: Any, arguments: object) -> str:
    found = checked(kind, arguments)
    assert isinstance(found, str)
    return found


def result(kind: Any, arguments: object, value_to_float: Any = None) -> Any:
    found = checked(kind, arguments)
    assert isinstance(found, StructuredValue)
    return structured_result(found, cited, value_to_float)


def always_one(value: object) -> float:
    return 1.0


VERDICT = {"value": True, "label": "mild", "explanation": "see [M2]", "where": {"n": 3}}


# -- schema


def test_arguments_are_named_by_field_with_explanation_where_it_is_missing() -> None:
    parameters = schema_of(Plain).tool.parameters.model_dump(exclude_none=True)
    assert list(parameters["properties"]) == ["name", "inner", "others", "explanation"]
    assert parameters["required"] == ["name", "inner", "explanation"]
    assert parameters["additionalProperties"] is False
    inner = parameters["properties"]["inner"]
    assert inner["description"] == "its number"
    assert inner["properties"]["n"] == {"type": "integer", "description": "a number", "minimum": 0, "maximum": 10}
    assert parameters["properties"]["others"]["items"]["properties"]["n"]["maximum"] == 10
    assert "[M2]" in parameters["properties"]["explanation"]["description"]


@pytest.mark.parametrize(("kind", "names"), [(Aliased, ["found", "kind", "why", "note"]), (Verdict, [*VERDICT])])
def test_explanation_is_not_added_where_a_field_or_alias_has_it(kind: Any, names: list[str]) -> None:
    schema = schema_of(kind)
    assert sorted(schema.tool.parameters.properties) == sorted(names) and not schema.explained


def test_list_is_wrapped_in_results() -> None:
    parameters = schema_of(list[Plain]).tool.parameters.model_dump(exclude_none=True)
    assert list(parameters["properties"]) == ["results"] == parameters["required"]
    item = parameters["properties"]["results"]["items"]
    assert item["required"] == ["name", "inner", "explanation"] and item["additionalProperties"] is False


def test_no_reference_is_left_even_where_a_model_is_inside_itself() -> None:
    text = schema_of(Tree).tool.model_dump_json()
    assert "$ref" not in text and "$defs" not in text
    assert isinstance(checked(Tree, {"name": "a", "children": [{"name": "b"}], "explanation": "x"}), StructuredValue)
    nameless: dict[str, Any] = {"name": "a", "children": [{"name": "b", "children": [{}]}], "explanation": "x"}
    assert "children.0.children.0.name" in error(Tree, nameless)


def test_what_tool_parameters_cannot_say_is_said_otherwise() -> None:
    class Odd(BaseModel):
        fixed: Literal["x"] = Field(description="d")
        over: int = Field(description="d", gt=0, lt=10)
        ratio: float = Field(description="d", gt=0, lt=1)
        properties: str = Field(description="d", default="enum")

    found = schema_of(Odd).tool.parameters.properties
    assert found["fixed"].enum == ["x"]
    assert (found["over"].minimum, found["over"].maximum) == (1, 9)
    assert (found["ratio"].minimum, found["ratio"].maximum) == (0, 1)
    assert found["properties"].type == "string"
    assert "ratio" in error(Odd, {"fixed": "x", "over": 1, "ratio": 1.0, "explanation": ""})


def test_missing_descriptions_are_refused_when_the_answer_is_made() -> None:
    class Leaf(BaseModel):
        a: int
        b: int = Field(description="b")

    class Root(BaseModel):
        leaf: Leaf = Field(description="leaf")
        leaves: list[Leaf]
        maybe: Leaf | None = Field(description="maybe")
        named: dict[str, Annotated[Leaf, "x"]] = Field(description=" ")

    for kind in (Root, list[Root]):
        with pytest.raises(ScoutError) as raised:
            answer_type(AnswerStructured(kind))
        for path in ("leaf.a", "leaves", "leaves.a", "maybe.a", "named", "named.a"):
            assert f"\n  - {path}\n" in str(raised.value)
        assert "leaf.b" not in str(raised.value)


class Rooted(RootModel[int]):
    pass


@pytest.mark.parametrize("kind", [int, list, list[int], tuple[int, int], dict[str, Inner], Inner(n=1), Rooted, None])
def test_other_types_are_refused(kind: Any) -> None:
    with pytest.raises(ScoutError, match="must be a pydantic model"):
        answer_type(AnswerStructured(kind))


@pytest.mark.parametrize(
    ("spec", "match"),
    [
        (AnswerStructured(Inner, answer_tool="no spaces"), "answer_tool"),
        (AnswerStructured(Inner, answer_tool=""), "answer_tool"),
        (AnswerStructured(Inner, answer_prompt="{{ nothing }}"), "answer_prompt"),
        (AnswerStructured(Inner, answer_format="{% if %}"), "answer_format"),
        (AnswerStructured(Inner, max_attempts=0), "max_attempts"),
    ],
)
def test_unusable_settings_are_refused(spec: AnswerStructured[Any], match: str) -> None:
    with pytest.raises(ScoutError, match=match):
        answer_type(spec)


def test_templates_name_the_tool() -> None:
    answer = answer_type(AnswerStructured(Inner, "report", "Use {{ answer_tool }}:", "{{ answer_tool }}!\n", 5))
    assert isinstance(answer, StructuredAnswer)
    assert (answer.prompt, answer.format, answer.max_attempts) == ("Use report:", "report!\n", 5)
    assert answer.schema.tool.name == "report"
    default = answer_type(AnswerStructured(Inner))
    assert "answer()" in default.prompt and "answer()" in default.format


# -- validation


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        ({}, "value"),
        ({**VERDICT, "value": "yes"}, "value"),
        ({**VERDICT, "label": "other"}, "label"),
        ({**VERDICT, "where": {"n": 11}}, "where.n"),
        ({**VERDICT, "where": {"n": "three"}}, "where.n"),
        ({**VERDICT, "where": {"n": 3, "m": 1}}, "where.m"),
        ({**VERDICT, "extra": 1}, "extra"),
        ({**VERDICT, "explanation": None}, "explanation"),
        ([], "arguments"),
        (None, "arguments"),
        ("text", "arguments"),
    ],
)
def test_wrong_arguments_are_told_by_place(arguments: object, place: str) -> None:
    text = error(Verdict, arguments)
    assert f"- {place}: " in text and "answer()" in text and "pydantic" not in text


def test_alias_stands_for_its_field_unless_the_field_is_there() -> None:
    given = {"value": 1, "label": "x", "explanation": "y", "note": "z"}
    assert result(Aliased, given).parsed == Aliased(value=1, label="x", explanation="y", note="z")
    assert "- value: there is no such argument" in error(Aliased, {**given, "found": 2})


def test_validators_of_the_model_are_told_like_any_other_mistake() -> None:
    assert "even number of letters" in error(Checked, {"value": "odd", "explanation": ""})
    assert "palindromes are not allowed" in error(Checked, {"value": "abba", "explanation": ""})
    assert "results.1.value: " in error(
        list[Checked], {"results": [{"value": "good", "explanation": ""}, {"value": "odd", "explanation": ""}]}
    )


@pytest.mark.parametrize(
    "arguments", [{}, {"results": {}}, {"results": None}, [], {"results": [1]}, {"results": [], "x": 1}]
)
def test_wrong_lists_are_told(arguments: object) -> None:
    assert "- " in error(list[Plain], arguments)


def test_added_explanation_is_required_text() -> None:
    assert "explanation: a text is required" in error(Checked, {"value": "good"})
    assert "explanation: a text is required" in error(Checked, {"value": "good", "explanation": 1})


def test_whole_number_may_be_sent_with_a_decimal_point() -> None:
    assert result(Verdict, {**VERDICT, "where": {"n": 3.0}}).metadata == {"where": {"n": 3}}


def test_open_models_take_any_argument() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")
        value: int = Field(description="d")

    assert result(Open, {"value": 1, "more": "[M4]", "explanation": "e"}).metadata == {"more": "[M4]"}


def test_hostile_arguments_are_told_in_few_words() -> None:
    nested: Any = "x"
    for _ in range(100_000):
        nested = [nested]
    huge = {f"key {n}" * 100: "v" * 10_000 for n in range(200)}
    for arguments in (
        {"value": nested, "explanation": ""},
        {"value": "\ud800" * 10_000, "explanation": "\0\ud800", "\ud800": 1},
        {"value": float("nan"), "explanation": ""},
        {"value": 10**400, "explanation": ""},
        {"value": object(), "\0": b"", "explanation": ""},
        huge,
    ):
        text = error(Checked, arguments)
        assert len(text) < 10_000
        text.encode()


# -- result


def test_value_label_and_explanation_become_those_of_the_result() -> None:
    found = result(Verdict, VERDICT)
    assert (found.value, found.label, found.explanation, found.answer) == (True, "mild", "see [M2]", None)
    assert found.metadata == {"where": {"n": 3}}
    assert isinstance(found.parsed, Verdict) and found.parsed.where.n == 3
    assert [r.id for r in found.references] == ["m2"]


def test_aliases_lift_fields_too() -> None:
    found = result(Aliased, {"found": 1, "kind": "x", "why": "y", "note": "z"})
    assert (found.value, found.label, found.explanation, found.metadata) == (1, "x", "y", {"note": "z"})
    assert isinstance(found.parsed, Aliased)


def test_without_a_value_field_the_fields_are_the_value() -> None:
    found = result(Plain, {"name": "x", "inner": {"n": 1}, "explanation": "y"})
    assert found.value == {"name": "x", "inner": {"n": 1}, "others": []}
    assert (found.explanation, found.metadata) == ("y", None)
    assert type(found.parsed) is Plain


def test_value_may_be_a_model() -> None:
    class Nested(BaseModel):
        value: Inner = Field(description="d")

    assert result(Nested, {"value": {"n": 1}, "explanation": ""}).value == {"n": 1}


def test_label_and_explanation_that_are_no_text_become_text() -> None:
    class Odd(BaseModel):
        value: None = Field(description="d")
        label: int = Field(description="d")
        explanation: list[str] = Field(description="d")

    found = result(Odd, {"value": None, "label": 3, "explanation": ["a [M1]"]}, always_one)
    assert (found.value, found.label, found.explanation) == (None, "3", '["a [M1]"]')


def test_value_to_float_comes_last() -> None:
    seen: list[object] = []

    def as_float(value: object) -> float:
        seen.append(value)
        return 2.0

    found = result(Plain, {"name": "[M1]", "inner": {"n": 1}, "explanation": "y"}, as_float)
    assert found.value == 2.0 and seen == [{"name": "[M1]", "inner": {"n": 1}, "others": []}]
    assert [r.id for r in found.references] == ["m1"]


def test_list_becomes_a_resultset() -> None:
    items = [{"name": "[M1]", "inner": {"n": n}, "explanation": "[M2]"} for n in (1, 2)]
    found = result(list[Plain], {"results": items}, always_one)
    assert found.type == "resultset" and [v["value"] for v in found.value] == [1.0, 1.0]
    assert [[r["id"] for r in v["references"]] for v in found.value] == [["m1", "m2"]] * 2
    assert [p.inner.n for p in found.parsed] == [1, 2]
    empty = result(list[Plain], {"results": []})
    assert (empty.value, empty.type, empty.parsed) == ([], "resultset", [])


def test_references_come_from_every_string_once() -> None:
    arguments = {"found": 1, "kind": "x [M9]", "why": "[M2] and [M3]", "note": "[M4] [M2]"}
    assert [r.id for r in result(Aliased, arguments).references] == ["m2", "m3", "m4"]


# -- text


@pytest.mark.parametrize("text", ["{}", " {} \n", "```json\n{}\n```", "```\n{}\n```"])
def test_reply_in_json_is_read(text: str) -> None:
    found = parse(AnswerStructured(Verdict), text.replace("{}", json.dumps(VERDICT)))
    assert found.value is True and found.label == "mild"


@pytest.mark.parametrize("text", ["", "prose", "[]", "{}", "null", '{"value": 1}', "[" * 100_000, "```", "9" * 10_000])
def test_reply_that_does_not_fit_is_none(text: str) -> None:
    for kind in (Verdict, list[Verdict]):
        assert failed(parse(AnswerStructured(kind), text))
