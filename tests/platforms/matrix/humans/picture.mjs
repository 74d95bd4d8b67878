// Files in encrypted rooms, as the specification has them: AES-256 in counter mode, the key in the event.
import { createHash, webcrypto } from "node:crypto";

const unpadded = (bytes) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
const counter = (iv) => ({ name: "AES-CTR", counter: iv, length: 64 });
const digest = (data) => unpadded(createHash("sha256").update(data).digest());

export async function encrypted(clear) {
    const iv = new Uint8Array(16);
    webcrypto.getRandomValues(iv.subarray(0, 8));
    const key = await webcrypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, true, ["encrypt", "decrypt"]);
    const data = Buffer.from(await webcrypto.subtle.encrypt(counter(iv), key, clear));
    const { k } = await webcrypto.subtle.exportKey("jwk", key);
    const jwk = { kty: "oct", key_ops: ["encrypt", "decrypt"], alg: "A256CTR", k, ext: true };
    return { data, file: { v: "v2", key: jwk, iv: unpadded(iv), hashes: { sha256: digest(data) } } };
}

export async function decrypted(data, file) {
    if (digest(data) !== file.hashes.sha256.replace(/=+$/, "")) throw new Error("not the file that the event names");
    const key = await webcrypto.subtle.importKey("jwk", file.key, { name: "AES-CTR" }, false, ["decrypt"]);
    return Buffer.from(await webcrypto.subtle.decrypt(counter(Buffer.from(file.iv, "base64")), key, data));
}
