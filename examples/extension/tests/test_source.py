from pathlib import Path

import pytest
from scout_chats.source import ChatSource

from inspect_scout import transcripts_from
from inspect_scout.sources import TranscriptSource
from inspect_scout.testing import SourceLaws

CHATS = """
# first
user: Which number?
assistant: Seven.

# {name}
system: Be good.
user: Which number?
assistant: Eight.
"""


class TestChats(SourceLaws):
    @pytest.fixture
    def source(self, tmp_path: Path) -> TranscriptSource:
        for name in ("one", "two"):
            (tmp_path / f"{name}.chats").write_text(CHATS.replace("{name}", name))
        source = transcripts_from(tmp_path).source
        assert isinstance(source, ChatSource)
        return source
