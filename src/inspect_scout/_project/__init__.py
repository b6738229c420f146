"""Where a project keeps its transcripts and scans, its files (`scout.yaml`, job files), and its environment.

Loaded by name, because the models of the files need pydantic, which light commands must not load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .config import PlainOptions as PlainOptions
    from .config import ProjectConfig as ProjectConfig
    from .config import ScanJobConfig as ScanJobConfig
    from .edit import ProjectFile as ProjectFile
    from .edit import read_project_file as read_project_file
    from .edit import write_project_file as write_project_file
    from .environment import load_dotenv_once as load_dotenv_once
    from .locations import DEFAULT_SCANS as DEFAULT_SCANS
    from .locations import default_log_level as default_log_level
    from .locations import default_scans as default_scans
    from .locations import default_transcripts as default_transcripts
    from .option import SAME as SAME
    from .option import SHOWN as SHOWN
    from .option import Flag as Flag
    from .option import Kind as Kind
    from .option import Merge as Merge
    from .option import Option as Option
    from .option import Place as Place
    from .options import OPTION as OPTION
    from .options import OPTIONS as OPTIONS
    from .options import SETTLED as SETTLED
    from .options import describe_options as describe_options
    from .options import options_of as options_of
    from .options import start_logging as start_logging
    from .project import Project as Project
    from .project import load_project as load_project
    from .project import read_job_config as read_job_config
    from .project import read_project as read_project
    from .schemas import SCHEMAS as SCHEMAS
    from .schemas import schema_text as schema_text

_MODULES = {
    ".config": "PlainOptions ProjectConfig ScanJobConfig",
    ".edit": "ProjectFile read_project_file write_project_file",
    ".environment": "load_dotenv_once",
    ".locations": "DEFAULT_SCANS default_log_level default_scans default_transcripts",
    ".option": "SAME SHOWN Flag Kind Merge Option Place",
    ".options": "OPTION OPTIONS SETTLED describe_options options_of start_logging",
    ".project": "Project load_project read_job_config read_project",
    ".schemas": "SCHEMAS schema_text",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
