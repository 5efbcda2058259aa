"""A TCP line between two nodes that can be slow, far, cut, or go silent without a word.

It stands where the parent's address is, and passes bytes on to where the parent really listens.
Delay and rate hold for each direction; a cut loses what is on the way.
"""
import asyncio
import threading
import time


class Line:
    def __init__(self, port, target, bits_per_s=None, one_way_s=0.0, cut_every_s=None):
        self.port, self.target = port, target
        self.bytes_per_s = bits_per_s / 8 if bits_per_s else None
        self.one_way_s, self.cut_every_s = one_way_s, cut_every_s
        self.bytes = {"up": 0, "down": 0}  # that went through
        self.cuts = 0
        self.connections = 0
        self.silent = False  # bytes vanish, connections stay
        self._pairs = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def cut(self):
        """Ends every connection, as a modem that hangs up."""
        self._loop.call_soon_threadsafe(self._cut)

    # What runs in the thread.

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(
            asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=4096))
        if self.cut_every_s:
            self._loop.create_task(self._cut_again_and_again())
        self._ready.set()
        self._loop.run_forever()

    async def _passed(self, seconds):
        """The line's own time: what it models, not a wait for something to happen."""
        await asyncio.wait([self._loop.create_future()], timeout=max(0, seconds))

    async def _cut_again_and_again(self):
        while True:
            await self._passed(self.cut_every_s)
            self._cut()

    def _cut(self):
        self.cuts += 1
        for writer in list(self._pairs):
            writer.transport.abort()

    async def _accept(self, reader, writer):
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target,
                                                                   limit=4096)
        except OSError:
            writer.transport.abort()
            return
        self._pairs.update((writer, far_writer))
        try:
            await asyncio.gather(self._carry("up", reader, far_writer),
                                 self._carry("down", far_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for one in (writer, far_writer):
                self._pairs.discard(one)
                one.transport.abort()

    async def _carry(self, way, reader, writer):
        """The near end takes bytes at the line's rate, the far end gets them later."""
        on_the_way = asyncio.Queue(maxsize=64)
        far_end = self._loop.create_task(self._deliver(way, on_the_way, writer))
        free_s = time.monotonic()
        try:
            while True:
                part = await reader.read(256 if self.bytes_per_s else 65536)
                if not part:
                    break
                free_s = max(free_s, time.monotonic())
                if self.bytes_per_s:
                    free_s += len(part) / self.bytes_per_s
                    await self._passed(free_s - time.monotonic())
                await on_the_way.put((free_s + self.one_way_s, part))
        finally:
            far_end.cancel()
        raise ConnectionResetError

    async def _deliver(self, way, on_the_way, writer):
        while True:
            at_s, part = await on_the_way.get()
            if at_s > time.monotonic():
                await self._passed(at_s - time.monotonic())
            if self.silent:
                continue
            self.bytes[way] += len(part)
            writer.write(part)
            await writer.drain()
