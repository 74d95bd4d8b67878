"""Encryption: nio's Olm machine, fed by our own sync.

Only this module and `machine` know nio (and `verification` its list of emoji). All that one sync answer brings for
the device is stored in one transaction, so that a killed process either has a key or is sent it again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from nio import EncryptionError, ForwardedRoomKeyEvent, LocalProtocolError, RoomKeyEvent, ToDeviceEvent
from nio.responses import KeysClaimResponse, KeysQueryResponse, KeysUploadResponse, ToDeviceResponse

from bot.engine.errors import BadCredentials, Refused, TryLater
from bot.platforms.matrix import signing
from bot.platforms.matrix.http import path
from bot.platforms.matrix.joined import Event, JoinedRoom
from bot.platforms.matrix.machine import ONE_TIME, index_is_too_early, opened, well_formed, well_formed_keys
from bot.platforms.matrix.session import Session
from bot.platforms.matrix.state import PlatformState

log = logging.getLogger(__name__)

MEGOLM = "m.megolm.v1.aes-sha2"
VERIFICATION = "m.key.verification."
USERS_AT_ONCE = 500
"""Users whose devices are asked for in one call."""
ASKED_AGAIN = 600.0
"""Seconds after which a device that had no key to begin a session with is asked for one again."""
CLEAR = ("m.relates_to", "org.heliotrope.key")
"""Parts of a content that stay readable: servers need the first, and the second finds a message again after the
keys to it were lost. It is a number of the bot's own, and says nothing."""

SessionName = tuple[str, str]
"""A room and the id of a session in it."""


def texts(listed: object) -> set[str]:
    """Return the texts in a list of a server's, whatever it sent."""
    return {item for item in listed if isinstance(item, str)} if isinstance(listed, list) else set()


class Crypto:
    """The device's keys. `open` first; `take` what each sync answer brings, then `maintain`."""

    def __init__(self, session: Session, state: PlatformState) -> None:
        """Take an open session's account; nothing is read yet."""
        self.session = session
        self.signed = False
        self._state = state
        self._rooms: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._keys = asyncio.Lock()
        self._without: dict[tuple[str, str], float] = {}
        self._lacks_fallback = False
        self._olm: Any = None
        self.verifications: list[Event] = []
        """Steps of verifications that came for this device, to be taken up by whoever answers them."""
        self.signing: signing.SigningKeys | None = None

    @property
    def olm(self) -> Any:
        """Nio's machine (partly typed); raises AssertionError before `open`."""
        assert self._olm is not None, "the keys are not open yet"
        return self._olm

    @property
    def fingerprint(self) -> str:
        """The device's own public key, as clients show it."""
        return str(self.olm.account.identity_keys["ed25519"])

    # --- opening --------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Read or make the device's keys, upload them, and sign the device.

        Raises BadCredentials when the passphrase does not open them.
        """
        passphrase = self.session.settings.store_passphrase
        if not passphrase:
            raise BadCredentials('set matrix.store_passphrase, or matrix.encryption = "never"')
        key = await asyncio.to_thread(signing.storage_key, passphrase, self.session.user_id)
        self.signing = await signing.own_keys(self.session, self._state, key)
        if self._olm is None:
            file = self.session.store_file(self.session.device_id)
            self._olm = opened(self.session.user_id, self.session.device_id, file, key.hex())
        await self.session.keyed()
        await self._upload_again_if_forgotten()
        await self._upload()
        sign = self.olm.account.sign
        self.signed = await signing.sign_device(self.session, self.signing, lambda data: sign(data.decode()))

    async def _upload_again_if_forgotten(self) -> None:
        """A server that lost its database, or the device, is given the device's keys again."""
        asked = await signing.query_own(self.session)
        mine = asked.get("device_keys", {}).get(self.session.user_id, {}).get(self.session.device_id)
        if not isinstance(mine, dict):
            self.olm.account.shared = False
        elif mine.get("keys", {}).get(f"ed25519:{self.session.device_id}") != self.fingerprint:
            raise BadCredentials(
                f"device {self.session.device_id} has other keys on the homeserver: set another matrix.device_id"
            )

    async def _upload(self) -> None:
        """Upload what keys the server lacks; they are stored first, for others use them at once.

        One-time keys run out while the bot is down, and the fallback key is handed out then: as soon as the server
        says that it was, it gets another one.
        """
        while (fallback := self.olm.fallback_keys(self._lacks_fallback)) or self.olm.should_upload_keys:
            body = self.olm.share_keys() if self.olm.should_upload_keys else {}
            body |= {"fallback_keys": fallback} if fallback else {}
            self.olm.save_account()
            answer = await self.session.call("POST", path("keys", "upload"), body)
            self._lacks_fallback = False
            counts = answer.get("one_time_key_counts", {})
            self.olm.handle_response(KeysUploadResponse(0, int(counts.get(ONE_TIME, 0))))
            if not body.get("one_time_keys"):
                break

    # --- what comes -----------------------------------------------------------------------------------------

    def take(self, answer: Mapping[str, Any]) -> set[SessionName]:
        """Take what a sync answer brings for this device; return the sessions whose keys came."""
        events = answer.get("to_device")
        listed = events.get("events") if isinstance(events, Mapping) else None
        came: set[SessionName] = set()
        if isinstance(listed, list) and listed:
            with self.olm.store.database.atomic():
                for event in listed:
                    came |= self._take_one(event)
        lists = answer.get("device_lists")
        if isinstance(lists, Mapping):
            changed = texts(lists.get("changed"))
            self.olm.add_changed_users(changed & (self.olm.tracked_users | set(self.olm.device_store.users)))
            self._without = {device: at for device, at in self._without.items() if device[0] not in changed}
            self.olm.tracked_users -= texts(lists.get("left"))
        counts = answer.get("device_one_time_keys_count")
        if isinstance(counts, Mapping) and isinstance(count := counts.get(ONE_TIME, 0), int):
            self.olm.uploaded_key_count = count
        unused = answer.get("device_unused_fallback_key_types")
        if isinstance(unused, list):
            self._lacks_fallback = ONE_TIME not in unused
        return came

    def _take_one(self, event: Any) -> set[SessionName]:
        try:
            if str(event["type"]).startswith(VERIFICATION):
                self.verifications.append(event)
                return set()
            parsed: Any = ToDeviceEvent.parse_event(event)
            decrypted: Any = self.olm.handle_to_device_event(parsed) if parsed is not None else None
        except Exception as problem:  # whatever somebody else's client sent: one bad message stops no other
            log.warning("a message to this device can't be read: %s", type(problem).__name__)
            return set()
        if isinstance(decrypted, RoomKeyEvent | ForwardedRoomKeyEvent):
            return {(decrypted.room_id, decrypted.session_id)}
        return set()

    async def maintain(self) -> None:
        """Do what the keys need of the server: upload, ask for devices, mend sessions. Raises what calls do."""
        async with self._keys:
            await self._upload()
            if self.olm.users_for_key_query:
                await self._query(self.olm.users_for_key_query)
            self.olm.collect_key_requests()
            try:
                wedged = self.olm.get_users_for_key_claiming()
            except LocalProtocolError:
                wedged = {}
            if wedged:
                await self._claim(wedged)
            for message in list(self.olm.outgoing_to_device_messages):
                await self._send_to_device(message)

    async def _send_to_device(self, message: Any) -> None:
        where = path("sendToDevice", message.type, self._transaction())
        await self.session.call("PUT", where, message.as_dict())
        self.olm.handle_response(ToDeviceResponse(message))

    async def tell_device(self, user: str, device: str, kind: str, content: Mapping[str, Any]) -> None:
        """Send an unencrypted message to one device, as verifications are."""
        body = {"messages": {user: {device: dict(content)}}}
        await self.session.call("PUT", path("sendToDevice", kind, self._transaction()), body)

    def _transaction(self) -> str:
        return secrets.token_hex(16)

    async def _query(self, users: Iterable[str]) -> None:
        wanted = sorted(users)
        for start in range(0, len(wanted), USERS_AT_ONCE):
            part = wanted[start : start + USERS_AT_ONCE]
            answer = await self.session.call("POST", path("keys", "query"), {"device_keys": {u: [] for u in part}})
            devices, failures = answer.get("device_keys"), answer.get("failures") or {}
            given = devices if isinstance(devices, Mapping) else {}
            # Whose server did not answer is asked for again; who has no devices is not.
            known = [user for user in part if user in given or user.partition(":")[2] not in failures]
            self.olm.handle_response(KeysQueryResponse(well_formed({u: given.get(u, {}) for u in known}), {}))

    async def _claim(self, missing: Mapping[str, Iterable[str]]) -> None:
        wanted = {user: dict.fromkeys(devices, ONE_TIME) for user, devices in missing.items()}
        answer = await self.session.call("POST", path("keys", "claim"), {"one_time_keys": wanted})
        given = well_formed_keys(answer.get("one_time_keys"))
        self.olm.handle_response(KeysClaimResponse(given, {}))
        asked = {(user, device) for user, devices in wanted.items() for device in devices}
        lacking = asked - {(user, device) for user, devices in given.items() for device in devices}
        self._without |= dict.fromkeys(lacking, asyncio.get_running_loop().time())

    # --- decrypting -----------------------------------------------------------------------------------------

    def decrypt(self, room: str, event: Event) -> dict[str, Any] | None:
        """Return the event as it was before encryption, or None while its key is missing.

        Raises Refused for one that never can be read: another algorithm, a replay, somebody else's session.
        """
        content = event.get("content")
        if not isinstance(content, Mapping) or content.get("algorithm") != MEGOLM:
            raise Refused("it is encrypted by an algorithm that is not known")
        session_id, ciphertext = content.get("session_id"), content.get("ciphertext")
        if not isinstance(session_id, str) or not isinstance(ciphertext, str):
            raise Refused("it is malformed")
        held: Any = next(
            (keys[session_id] for keys in self.olm.inbound_group_store[room].values() if session_id in keys), None
        )
        if held is None:
            return None
        self._must_be_senders(str(event.get("sender")), held.sender_key)
        try:
            plain, index = held.decrypt(ciphertext)
            payload = json.loads(plain)
        except (ValueError, RecursionError) as problem:
            if index_is_too_early(str(problem)):
                return None
            raise Refused(f"it can't be decrypted: {problem}") from problem
        self._must_be_new((held.sender_key, session_id, index), event)
        if not isinstance(payload, dict) or payload.get("room_id") != room:
            raise Refused("it was encrypted for another room")
        kind, inner = payload.get("type"), payload.get("content")
        if not isinstance(kind, str) or not isinstance(inner, dict):
            raise Refused("what was encrypted is malformed")
        if "m.relates_to" in content:
            inner = {**inner, "m.relates_to": content["m.relates_to"]}
        return {**event, "type": kind, "content": inner}

    def _must_be_senders(self, sender: str, sender_key: str) -> None:
        store = self.olm.device_store
        if store.device_from_sender_key(sender, sender_key) is not None:
            return
        for user in list(store.users):
            if user != sender and store.device_from_sender_key(user, sender_key) is not None:
                raise Refused(f"it was encrypted by {user}, not by {sender}")
        self.olm.users_for_key_query.add(sender)

    def _must_be_new(self, index: tuple[str, str, int], event: Event) -> None:
        told = (event.get("event_id"), event.get("origin_server_ts"))
        if self.olm.message_index_store.setdefault(index, told) != told:
            raise Refused("it is a replay of an earlier message")

    # --- encrypting -----------------------------------------------------------------------------------------

    async def encrypt(self, room: JoinedRoom, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content of an `m.room.encrypted` event, its key shared with all who may read it.

        Raises what calls do; nothing is ever returned in the clear.
        """
        async with self._rooms[room.id]:
            await self._share(room)
            try:
                payload: dict[str, Any] = self.olm.group_encrypt(room.id, {"type": kind, "content": dict(content)})
            except EncryptionError as problem:
                raise TryLater(f"the key of {room.id} is just changing: {problem}") from problem
        return payload | {part: content[part] for part in CLEAR if part in content}

    async def _share(self, room: JoinedRoom) -> None:
        users = list(room.readers())
        async with self._keys:
            unknown = {user for user in users if user not in self.olm.tracked_users}
            wanted = unknown | (self.olm.users_for_key_query & set(users))
            if wanted:
                await self._query(wanted)
            long_ago = asyncio.get_running_loop().time() - ASKED_AGAIN
            missing = {
                user: [device for device in devices if self._without.get((user, device), long_ago) <= long_ago]
                for user, devices in self.olm.get_missing_sessions(users).items()
            }
            if any(missing.values()):
                await self._claim({user: devices for user, devices in missing.items() if devices})
        devices = self._devices(users)
        outbound = self.olm.outbound_group_sessions.get(room.id)
        if outbound is None or outbound.expired or not outbound.users_shared_with <= devices:
            self.olm.create_outbound_group_session(room.id)  # who has gone must not read what comes
            outbound = self.olm.outbound_group_sessions[room.id]
        if outbound.shared and devices <= outbound.users_shared_with | outbound.users_ignored:
            return
        outbound.shared = False
        for told, body in self.olm.share_group_session_parallel(room.id, users, ignore_unverified_devices=True):
            await self.session.call("PUT", path("sendToDevice", "m.room.encrypted", self._transaction()), body)
            outbound.users_shared_with.update(told)
        outbound.mark_as_shared()

    def _devices(self, users: Iterable[str]) -> set[tuple[str, str]]:
        """Return the devices that can be reached, without this one."""
        return {
            (user, device.id)
            for user in users
            for device in self.olm.device_store.active_user_devices(user)
            if device.id != self.session.device_id and self.olm.session_store.get(device.curve25519) is not None
        }

    def close(self) -> None:
        """Let go of the store's file."""
        if self._olm is not None:
            self.olm.store.database.close()
            self._olm = None

    async def has_devices(self, user: str) -> bool:
        """Say whether a person has any device that can decrypt."""
        async with self._keys:
            await self._query([user])
        return any(True for _ in self.olm.device_store.active_user_devices(user))
