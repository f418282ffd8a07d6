"""What a browser asks of the server while it shows a page: a session, and a rerun whenever a fragment is due.

Owns Streamlit's conversation over the websocket. Draws nothing: what a browser costs its own machine is not
what it costs the lab.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Viewer:
    """One session on a page, from `async with` to its end."""

    def __init__(self, url: str, page: str, query: str) -> None:
        self._url = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._page, self._query = page, query
        self._due: dict[str, asyncio.Task[None]] = {}
        self.reruns = 0

    async def __aenter__(self) -> Viewer:
        self._socket = await websockets.connect(
            self._url, subprotocols=[websockets.Subprotocol("streamlit")], max_size=None
        )
        await self._rerun()
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (self._reading, *self._due.values()):
            task.cancel()
        await self._socket.close()

    async def _rerun(self, fragment: str = "") -> None:
        message: Any = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        message.rerun_script.fragment_id = fragment
        message.rerun_script.is_auto_rerun = bool(fragment)
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        async for data in self._socket:
            message: Any = ForwardMsg()
            message.ParseFromString(data)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                self.reruns += 1
            elif kind == "auto_rerun":
                self._keep_asking(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            elif kind == "stop_auto_rerun":
                self._stop_asking(message.stop_auto_rerun.fragment_ids)
            elif kind == "new_session" and not message.metadata.run.fragment_ids:
                self._stop_asking(list(self._due))  # the whole page is made again, its fragments too

    def _stop_asking(self, fragments: Iterable[str]) -> None:
        for fragment in fragments:
            if fragment in self._due:
                self._due.pop(fragment).cancel()

    def _keep_asking(self, fragment: str, interval: float) -> None:
        self._stop_asking([fragment])
        self._due[fragment] = asyncio.create_task(self._ask(fragment, interval))

    async def _ask(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            await self._rerun(fragment)
