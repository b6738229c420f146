"""Where a project keeps its transcripts and scans, its files (`scout.yaml`, job files), and its environment.

Loaded by name, because the models of the files need pydantic, which light commands must not load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .config import LOG_LEVELS as LOG_LEVELS
    from .config import ProjectConfig as ProjectConfig
    from .config import ScanJobConfig as ScanJobConfig
    from .edit import ProjectFile as ProjectFile
    from .edit import read_project_file as read_project_file
    from .edit import write_project_file as write_project_file
    from .environment import environment_scans as environment_scans
    from .environment import load_dotenv_once as load_dotenv_once
    from .locations import DEFAULT_SCANS as DEFAULT_SCANS
    from .locations import default_log_level as default_log_level
    from .locations import default_scans as default_scans
    from .locations import default_transcripts as default_transcripts
    from .project import Project as Project
    from .project import load_project as load_project
    from .project import read_job_config as read_job_config
    from .project import read_project as read_project
    from .schemas import SCHEMAS as SCHEMAS
    from .schemas import schema_text as schema_text

_MODULES = {
    ".config": "LOG_LEVELS ProjectConfig ScanJobConfig",
    ".edit": "ProjectFile read_project_file write_project_file",
    ".environment": "environment_scans load_dotenv_once",
    ".locations": "DEFAULT_SCANS default_log_level default_scans default_transcripts",
    ".project": "Project load_project read_job_config read_project",
    ".schemas": "SCHEMAS schema_text",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
