// A person with one device, in a client that is (unless asked otherwise) as strict as Matrix 1.18 asks: neither does it give keys to devices that
// their owner has not signed, nor does it show what they say.
import * as sdk from "matrix-js-sdk";
import {
    CryptoEvent,
    EventShieldColour,
    EventShieldReason,
    OnlySignedDevicesIsolationMode,
} from "matrix-js-sdk/lib/crypto-api/index.js";

import { decrypted, encrypted } from "./picture.mjs";
import { Verification } from "./verification.mjs";

const PATIENCE = 45_000;

export class Person {
    static CAN = new Set([
        "create_room", "join", "send", "events", "picture", "download", "verify", "accept", "confirm", "mismatch",
        "trust", "devices", "log_out",
    ]);

    // `first` is the person at their first device: then this device is signed with the keys kept there. Without it
    // the cross-signing keys are made, unless `signed` is false.
    // Someone who is not `strict` sends from an unsigned device, which a strict client refuses to do.
    static async arrive({ url, user, token, device, password, signed, strict, first }) {
        const person = new Person(url, user, token, device, first?.recovery);
        await person.client.initRustCrypto({ useIndexedDB: false });
        if (strict) person.crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
        const authorized = async (request) =>
            request({ type: "m.login.password", identifier: { type: "m.id.user", user }, password });
        if (signed && !first) await person.crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: authorized });
        await person.start();
        if (first) {
            person.recovery.key ??= await first.keep();
            await person.crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: authorized });
        }
        return person;
    }

    constructor(url, user, token, device, recovery) {
        this.recovery = recovery ?? {};
        this.rooms = new Map(); // room id -> its events, by event id, in the order of their coming
        this.redacted = new Set();
        this.asked = []; // verification requests of others
        this.verifications = new Map();
        this.client = sdk.createClient({
            baseUrl: url,
            userId: user,
            accessToken: token,
            deviceId: device,
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) => [Object.keys(keys)[0], this.recovery.key.privateKey],
            },
        });
        this.client.on(sdk.RoomEvent.Timeline, (event) => this.notice(event));
        this.client.on(CryptoEvent.VerificationRequestReceived, (request) => this.asked.push(request));
    }

    get crypto() {
        return this.client.getCrypto();
    }

    async start() {
        const synced = new Promise((resolve) => {
            this.client.on(sdk.ClientEvent.Sync, (state) => state === sdk.SyncState.Prepared && resolve());
        });
        await this.client.startClient({ initialSyncLimit: 100, lazyLoadMembers: false });
        await synced;
    }

    stop() {
        this.client.stopClient();
    }

    async log_out() {
        await this.client.logout(true);
    }

    // Keep the cross-signing keys in the account, as Element does, for the person's next device.
    async keep() {
        if (!this.recovery.key) {
            const key = await this.crypto.createRecoveryKeyFromPassphrase();
            this.recovery.key = key;
            await this.crypto.bootstrapSecretStorage({ createSecretStorageKey: async () => key });
        }
        return this.recovery.key;
    }

    // --- rooms ------------------------------------------------------------------------------------------------

    async create_room({ wanted }) {
        const { room_id } = await this.client.createRoom(wanted);
        await this.inside(room_id);
        return room_id;
    }

    async join({ room }) {
        await this.client.joinRoom(room);
        await this.inside(room);
    }

    // Wait until this client knows that its user is in the room.
    async inside(room) {
        await until(`${this.client.getUserId()} to be in ${room}`, () => {
            this.retry();
            return this.client.getRoom(room)?.getMyMembership() === "join";
        });
    }

    // Press the button that clients show while they have no connection.
    retry() {
        if (["ERROR", "RECONNECTING"].includes(this.client.getSyncState())) this.client.retryImmediately();
    }

    // --- saying -----------------------------------------------------------------------------------------------

    async send({ room, type, content }) {
        await this.inside(room);
        const { event_id } = await this.client.sendEvent(room, type, content);
        return event_id;
    }

    async picture({ room, data, content }) {
        await this.inside(room);
        const clear = Buffer.from(data, "base64");
        const secret = await this.crypto.isEncryptionEnabledInRoom(room);
        const shown = secret ? await encrypted(clear) : { data: clear };
        const type = secret ? "application/octet-stream" : content.info.mimetype;
        const { content_uri } = await this.client.uploadContent(new Blob([shown.data]), { type, includeFilename: false });
        const where = secret ? { file: { ...shown.file, url: content_uri } } : { url: content_uri };
        return this.send({ room, type: "m.room.message", content: { ...content, ...where } });
    }

    // --- reading ----------------------------------------------------------------------------------------------

    notice(event) {
        const events = this.rooms.get(event.getRoomId()) ?? new Map();
        this.rooms.set(event.getRoomId(), events);
        if (event.getType() === "m.room.redaction") this.redacted.add(event.event.redacts ?? event.getContent().redacts);
        events.set(event, event);
    }

    // What stands in the room, decrypted as far as this client can and will.
    async events({ room }) {
        this.retry();
        const found = new Map();
        for (const event of this.rooms.get(room)?.values() ?? []) {
            if (event.status === null) found.set(event.getId(), event); // not what is still on its way
        }
        const sorted = [...found.values()].sort((a, b) => a.getTs() - b.getTs());
        return Promise.all(sorted.map((event) => this.described(event)));
    }

    async described(event) {
        if (event.isBeingDecrypted()) await event.getDecryptionPromise();
        const gone = event.isRedacted() || this.redacted.has(event.getId());
        const relation = event.getWireContent()["m.relates_to"];
        const content = { ...event.getOriginalContent(), ...(relation && { "m.relates_to": relation }) };
        const info = event.isEncrypted() ? await this.crypto.getEncryptionInfoForEvent(event) : null;
        return {
            event_id: event.getId(),
            sender: event.getSender(),
            type: event.getType(),
            state_key: event.getStateKey(),
            origin_server_ts: event.getTs(),
            content: gone ? {} : content,
            encrypted: event.isEncrypted(),
            undecryptable: event.isDecryptionFailure() ? event.decryptionFailureReason : "",
            shield: info && info.shieldColour !== EventShieldColour.NONE ? EventShieldReason[info.shieldReason] : "",
        };
    }

    async download({ content }) {
        const url = this.client.mxcUrlToHttp(content.file?.url ?? content.url, undefined, undefined, undefined, false, true, true);
        const answer = await fetch(url, { headers: { Authorization: `Bearer ${this.client.getAccessToken()}` } });
        if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
        const data = Buffer.from(await answer.arrayBuffer());
        return (content.file ? await decrypted(data, content.file) : data).toString("base64");
    }

    // --- trust ------------------------------------------------------------------------------------------------

    // Ask someone to compare emoji: in a direct room if one is given, or their device.
    async verify({ user, room, device }) {
        const request = room
            ? await this.crypto.requestVerificationDM(user, room)
            : await this.crypto.requestDeviceVerification(user, device);
        return this.compare(await Verification.begun(request));
    }

    // Take up what someone has asked for.
    async accept({ user }) {
        await until(`${user} to ask for a verification`, () => this.asked.some((it) => it.otherUserId === user));
        const index = this.asked.findIndex((it) => it.otherUserId === user);
        const [request] = this.asked.splice(index, 1);
        return this.compare(await Verification.accepted(request));
    }

    compare(verification) {
        const id = `v${this.verifications.size}`;
        this.verifications.set(id, verification);
        return { id, emoji: verification.emoji };
    }

    async confirm({ id }) {
        await this.verifications.get(id).confirm();
    }

    async mismatch({ id }) {
        await this.verifications.get(id).mismatch();
    }

    async trust({ user, device }) {
        const owner = await this.crypto.getUserVerificationStatus(user);
        const status = await this.crypto.getDeviceVerificationStatus(user, device);
        return { verified: owner.isCrossSigningVerified(), signed: Boolean(status?.signedByOwner) };
    }

    async devices({ user }) {
        const devices = await this.crypto.getUserDeviceInfo([user], true);
        return Object.fromEntries([...(devices.get(user) ?? [])].map(([id, device]) => [id, device.getFingerprint()]));
    }
}

async function until(what, found) {
    const deadline = performance.now() + PATIENCE;
    while (!found()) {
        if (performance.now() > deadline) throw new Error(`waited ${PATIENCE} ms for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
