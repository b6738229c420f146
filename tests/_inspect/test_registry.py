"""The names of inspect_ai's registry that Scout wraps behave as Scout relies on."""

from __future__ import annotations

from typing import Any, cast

from inspect_ai._util.registry import registry_create, registry_info, registry_lookup
from inspect_ai.model import Model, get_model

from inspect_scout._inspect import registry


class Thing:
    """Something that inspect_ai calls a scanner."""


class Scanner(Thing):
    """What a factory makes; inspect_ai decides by the name of this class."""


def factory(name: str, **made_with: Any) -> Any:
    def make(size: int = 1) -> Any:
        made = Scanner()
        registry.tag("scanner", made, name, made_with or {"size": size})
        return made

    registry.register("scanner", make, name, Scanner)
    return make


def test_factories_are_found_and_called_by_inspect() -> None:
    make = factory("registry_probe")
    assert registry_lookup("scanner", "registry_probe") is make
    assert registry.find("scanner", "registry_probe") is make
    assert isinstance(registry_create("scanner", "registry_probe", size=3), Scanner)


def test_unknown_names_are_not_found() -> None:
    assert registry.find("scanner", "registry_nowhere") is None
    assert registry.find("scanner", "no_such_package/registry_nowhere") is None


def test_made_things_tell_their_kind_name_and_arguments() -> None:
    made = factory("registry_told")(size=2)
    assert registry.registered(made) == registry.Registered(kind="scanner", name="registry_told")
    assert registry_info(made).name == "registry_told"
    assert registry.recorded_params(made) == {"size": 2}
    assert registry.registered(object()) is None


def test_names_list_one_kind_only() -> None:
    factory("registry_listed")
    assert "registry_listed" in registry.names("scanner")
    assert "registry_listed" not in registry.names("loader")


def test_things_of_packages_get_the_package_in_front() -> None:
    assert registry.qualified_name(get_model, "thing") == "inspect_ai/thing"
    assert registry.qualified_name(factory, "thing") == "thing"
    assert registry.unqualified_name("package/thing") == "thing"
    assert registry.unqualified_name("thing") == "thing"
    assert registry.log_name("inspect_ai/thing") == "thing"
    assert registry.log_name("package/thing") == "package/thing"


def test_registered_things_and_models_are_written_and_made_again() -> None:
    made = factory("registry_written")(size=4)
    recorded = {
        "thing": registry.as_recorded(made),
        "model": registry.as_recorded(get_model("mockllm/model")),
        "plain": registry.as_recorded((1, 2)),
    }
    assert recorded["thing"] == {"type": "scanner", "name": "registry_written", "params": {"size": 4}}
    assert recorded["plain"] == [1, 2]
    again = registry.from_recorded(recorded)
    assert isinstance(again["thing"], Scanner)
    assert registry.recorded_params(again["thing"]) == {"size": 4}
    assert cast(Model, again["model"]).name == "model"
