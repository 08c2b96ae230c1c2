"""What the collector is compared with: the same web server, appending each body to a file that is never flushed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from zhanggui.app.running import listening, run


def main() -> None:
    """Serve until a signal; the file to append to is the first argument."""
    with Path(sys.argv[1]).open("ab", buffering=0) as file:

        async def app(_scope: Any, receive: Any, send: Any) -> None:
            parts = []
            while True:
                message = await receive()
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    break
            file.write(b"".join(parts) + b"\n")
            body = b'{"accepted":1,"rejected":[]}'
            head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 202, "headers": head})
            await send({"type": "http.response.body", "body": body})

        sockets = listening("127.0.0.1", 0)
        run(app, sockets, f"ready http://127.0.0.1:{sockets[0].getsockname()[1]}", lambda: None)


if __name__ == "__main__":
    main()
