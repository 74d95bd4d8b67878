// Two people compare emoji. Each of the two sides waits until it has them, and is done when its person has said so.
import { VerificationPhase, VerificationRequestEvent, VerifierEvent } from "matrix-js-sdk/lib/crypto-api/index.js";

const PATIENCE = 45_000;

export class Verification {
    // Ours: wait until the other is ready, and start.
    static async begun(request) {
        await reached(request, VerificationPhase.Ready);
        return Verification.shown(await request.startVerification("m.sas.v1"));
    }

    // Theirs: say that we are ready. They start, or nobody has for a moment and we do.
    static async accepted(request) {
        await request.accept();
        await reached(request, VerificationPhase.Started);
        return Verification.shown(request.verifier);
    }

    static async shown(verifier) {
        const verification = new Verification();
        const callbacks = new Promise((resolve, reject) => {
            verifier.on(VerifierEvent.ShowSas, resolve);
            const shown = verifier.getShowSasCallbacks();
            if (shown) resolve(shown);
            verification.done = verifier.verify();
            verification.done.catch(reject);
        });
        verification.callbacks = await callbacks;
        verification.emoji = verification.callbacks.sas.emoji.map(([emoji]) => emoji);
        return verification;
    }

    async confirm() {
        await this.callbacks.confirm();
        await this.done;
    }

    async mismatch() {
        this.callbacks.mismatch();
        await this.done.catch(() => {});
    }
}

function reached(request, phase) {
    return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`verification is still in phase ${request.phase}`)), PATIENCE);
        const look = () => {
            if (request.phase === VerificationPhase.Cancelled) {
                clearTimeout(late);
                reject(new Error(`verification cancelled: ${request.cancellationCode}`));
            } else if (request.phase >= phase) {
                clearTimeout(late);
                resolve();
            }
        };
        request.on(VerificationRequestEvent.Change, look);
        look();
    });
}
