"""Where a project keeps its transcripts and scans, its files (`scout.yaml`, job files), and its environment.

Loaded by name, because the models of the files need pydantic, which light commands must not load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .config import PlainOptions, ProjectConfig, ScanJobConfig
    from .documents import Document
    from .edit import (
        check_project_text,
        patch_project_text,
        project_text,
        read_project_file,
        write_project_file,
        write_project_text,
    )
    from .environment import load_dotenv_once
    from .locations import (
        default_log_level,
        default_model,
        default_scans,
        default_transcripts,
        project_case_files,
        project_transcripts,
    )
    from .option import DISPLAY_SECTION, SAME_HELP, Flag, Kind, Merge, Option, Place
    from .options import MERGED_OPTIONS, OPTION_BY_NAME, OPTIONS, describe_options, options_of, start_logging
    from .parse import Mistake, find_mistakes
    from .project import Project, load_project, read_job_config, read_project
    from .schemas import schema_text
    from .starting import new_project_files

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
