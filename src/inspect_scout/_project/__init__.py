"""Where a project keeps its transcripts and scans, and its environment."""

from .environment import environment_scans as environment_scans
from .environment import load_dotenv_once as load_dotenv_once
from .locations import DEFAULT_SCANS as DEFAULT_SCANS
from .locations import default_scans as default_scans
from .locations import default_transcripts as default_transcripts
from .locations import warn_of_project_file as warn_of_project_file
