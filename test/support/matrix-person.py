"""A person with matrix-nio, driven by lines of JSON: each command has an `id` and is answered with it; what happens in
between is told as lines with `event`."""

import asyncio
import io
import json
import sys

from nio import (
    AsyncClient,
    AsyncClientConfig,
    EphemeralEvent,
    Event,
    InviteEvent,
    InviteMemberEvent,
    MegolmEvent,
    PresenceEvent,
    ReceiptEvent,
    RoomMessage,
    TypingNoticeEvent,
    crypto,
)
from nio.responses import ErrorResponse


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


class Person:
    def __init__(self, homeserver, store):
        config = AsyncClientConfig(store_sync_tokens=False, encryption_enabled=True)
        self.client = AsyncClient(homeserver, "", store_path=store, config=config)
        self.loop = None
        self.shown = "online"

    async def login(self, user, password):
        client = self.client
        client.user = user
        good(await client.login(password, device_name="nio"))
        client.add_event_callback(self.on_event, Event)
        client.add_event_callback(self.on_invite, InviteEvent)
        client.add_ephemeral_callback(self.on_ephemeral, EphemeralEvent)
        client.add_presence_callback(self.on_presence, PresenceEvent)
        good(await client.sync(timeout=0, full_state=True, set_presence="online"))
        if client.should_upload_keys:
            good(await client.keys_upload())
        self.loop = asyncio.create_task(self.listen())
        return {"user": client.user_id, "device": client.device_id}

    async def listen(self):
        client = self.client
        while True:
            try:
                await client.sync(timeout=5000, set_presence=self.shown)
                await client.send_to_device_messages()
                if client.should_upload_keys:
                    await client.keys_upload()
                if client.should_query_keys:
                    await client.keys_query()
                if client.should_claim_keys:
                    await client.keys_claim(client.get_users_for_key_claiming())
            except asyncio.CancelledError:
                raise
            except Exception as error:
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                await asyncio.sleep(0.5)

    async def on_event(self, room, event):
        source = event.source
        say(
            {
                "event": "unreadable" if isinstance(event, MegolmEvent) else "room",
                "room": room.room_id,
                "encrypted": bool(getattr(event, "decrypted", False)),
                "type": source.get("type"),
                "sender": event.sender,
                "eventId": event.event_id,
                "content": source.get("content", {}),
                "redacts": source.get("redacts") or source.get("content", {}).get("redacts"),
                "stateKey": source.get("state_key"),
            }
        )

    async def on_invite(self, room, event):
        if isinstance(event, InviteMemberEvent) and event.state_key == self.client.user_id:
            say({"event": "invite", "room": room.room_id, "sender": event.sender})

    async def on_ephemeral(self, room, event):
        if isinstance(event, TypingNoticeEvent):
            say({"event": "typing", "room": room.room_id, "users": event.users})
        if isinstance(event, ReceiptEvent):
            for one in event.receipts:
                say({"event": "receipt", "room": room.room_id, "target": one.event_id, "user": one.user_id})

    async def on_presence(self, event):
        say({"event": "presence", "user": event.user_id, "state": event.presence, "note": event.status_msg})

    async def create(self, name=None, invite=(), direct=False, encrypted=False, alias=None, public=False, topic=None):
        state = []
        if encrypted:
            content = {"algorithm": "m.megolm.v1.aes-sha2"}
            state.append({"type": "m.room.encryption", "state_key": "", "content": content})
        if public:
            state.append({"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "public"}})
        answer = good(
            await self.client.room_create(
                name=name, topic=topic, alias=alias, invite=list(invite), is_direct=direct, initial_state=state
            )
        )
        return {"room": answer.room_id}

    async def send(self, room, content, type="m.room.message"):
        await self.ready(room)
        answer = good(await self.client.room_send(room, type, content, ignore_unverified_devices=True))
        return {"eventId": answer.event_id}

    async def ready(self, room):
        """Until the sync has told of the room, and of the devices of those in it."""
        for _ in range(200):
            if room in self.client.rooms:
                break
            await asyncio.sleep(0.05)
        known = self.client.rooms[room]
        if known.encrypted:
            if not known.members_synced:
                good(await self.client.joined_members(room))
            if self.client.should_query_keys:
                await self.client.keys_query()

    async def file(self, room, name, type, text, kind="m.file"):
        await self.ready(room)
        data = text.encode()
        encrypted = self.client.rooms[room].encrypted
        answer, keys = await self.client.upload(
            io.BytesIO(data), content_type=type, filename=name, encrypt=encrypted, filesize=len(data)
        )
        good(answer)
        content = {"msgtype": kind, "body": name, "info": {"mimetype": type, "size": len(data)}}
        if encrypted:
            keys["url"] = answer.content_uri
            content["file"] = keys
        else:
            content["url"] = answer.content_uri
        return await self.send(room, content)

    async def fetch(self, content):
        described = content.get("file") or {}
        answer = good(await self.client.download(mxc=described.get("url") or content["url"]))
        data = answer.body
        if described:
            data = crypto.attachments.decrypt_attachment(
                data, described["key"]["k"], described["hashes"]["sha256"], described["iv"]
            )
        return {"text": data.decode(errors="replace"), "size": len(data)}

    async def redact(self, room, target):
        return {"eventId": good(await self.client.room_redact(room, target)).event_id}

    async def read(self, room, target):
        good(await self.client.update_receipt_marker(room, target))

    async def typing(self, room, on):
        good(await self.client.room_typing(room, on, timeout=20000))

    async def presence(self, state, note=None):
        self.shown = state
        good(await self.client.set_presence(state, note))

    async def join(self, room):
        return {"room": good(await self.client.join(room)).room_id}

    async def leave(self, room):
        good(await self.client.room_leave(room))

    async def invite(self, room, user):
        good(await self.client.room_invite(room, user))

    async def state(self, room, type, content):
        good(await self.client.room_put_state(room, type, content))

    async def close(self):
        if self.loop:
            self.loop.cancel()
        await self.client.close()


def good(answer):
    if isinstance(answer, ErrorResponse):
        raise RuntimeError(f"{type(answer).__name__}: {answer.message} {answer.status_code or ''}")
    return answer


async def main():
    person = Person(sys.argv[1], sys.argv[2])
    reader = asyncio.StreamReader(limit=64 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def run(command):
        try:
            answer = await getattr(person, command["do"])(**command.get("with", {}))
            say({"id": command["id"], "answer": answer or {}})
        except Exception as error:
            say({"id": command["id"], "error": f"{type(error).__name__}: {error}"})

    while line := await reader.readline():
        await run(json.loads(line))
    await person.close()


asyncio.run(main())
