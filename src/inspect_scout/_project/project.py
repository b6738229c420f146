"""Reading a project and its job files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._support.errors import ConfigError
from .config import ProjectConfig, ScanJobConfig
from .documents import Document, file_exists, read_document
from .locations import LOCAL_FILE, PROJECT_FILE
from .merge import JOINED, merge_local
from .parse import parse_config


@dataclass(frozen=True, slots=True)
class Project:
    """A project and where its settings were set.

    Args:
        config: The settings: those of `scout.local.yaml` over those of `scout.yaml`.
        sources: Field -> file and line.
    """

    config: ProjectConfig = field(default_factory=ProjectConfig)
    sources: Mapping[str, str] = field(default_factory=dict[str, str])


def load_project(folder: str = "") -> Project:
    """Read the project of a folder; one without files sets nothing.

    Args:
        folder: The folder (default: the working directory).

    Raises:
        ConfigError: A file is broken, has keys that do not exist, or values that cannot be.
    """
    projects = [
        _parse_project(read_document(path))
        for name in (PROJECT_FILE, LOCAL_FILE)
        if file_exists(path := os.path.join(folder, name))
    ]
    if not projects:
        return Project()
    if len(projects) == 1:
        # A lone file goes through the same rules.
        return Project(merge_local(ProjectConfig(), projects[0].config), projects[0].sources)
    base, local = projects
    try:
        config = merge_local(base.config, local.config)
    except ConfigError as error:
        raise ConfigError(f"{LOCAL_FILE!r} does not fit {PROJECT_FILE!r}: {error}") from error
    sources = {
        name: f"{base.sources[name]} + {source}" if name in JOINED and name in base.sources else source
        for name, source in local.sources.items()
    }
    return Project(config, {**base.sources, **sources})


def read_project(folder: str = "") -> ProjectConfig:
    """Read the settings of the project of a folder (default: the working directory).

    Raises:
        ConfigError: A file is broken, has keys that do not exist, or values that cannot be.
    """
    return load_project(folder).config


def read_job_config(path: str) -> ScanJobConfig:
    """Read a job file.

    Args:
        path: YAML or JSON file.

    Raises:
        LocationError: There is no such file.
        ConfigError: It is broken, has keys that do not exist, or values that cannot be.
    """
    return parse_config(read_document(path), ScanJobConfig)


def _parse_project(document: Document) -> Project:
    config = parse_config(document, ProjectConfig)
    name = os.path.basename(document.path)
    sources = {"scans" if key == "results" else key: document.line([key]) for key in document.data}
    return Project(config, {key: f"{name}:{line}" if line else name for key, line in sources.items()})
