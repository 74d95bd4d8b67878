// Runs people on Matrix for the tests. One JSON object a line:
//   in   {"id": 1, "who": "p1", "do": "send", "with": {...}}
//   out  {"id": 1, "ok": ...}   or   {"id": 1, "error": "..."}
// Requests run at the same time; answers come as they are done. The process ends with its input.
import { createInterface } from "node:readline";

// The library logs to the console; standard output is for answers.
for (const level of ["log", "debug", "info", "warn", "error", "trace"]) {
    console[level] = (...words) => process.stderr.write(`${level} ${words.map(shown).join(" ")}\n`);
}

function shown(word) {
    if (word instanceof Error) return word.stack;
    return typeof word === "string" ? word : JSON.stringify(word);
}

const { Person } = await import("./person.mjs");
const people = new Map();

async function run({ who, do: action, with: options }) {
    if (action === "arrive") {
        if (options.first) options.first = people.get(options.first);
        people.set(who, await Person.arrive(options));
        return null;
    }
    if (action === "go_home") {
        for (const person of people.values()) person.stop();
        people.clear();
        return null;
    }
    const person = people.get(who);
    if (!person) throw new Error(`${who} is not here`);
    if (!Person.CAN.has(action)) throw new Error(`nobody can ${action}`);
    return (await person[action](options)) ?? null;
}

process.on("unhandledRejection", (reason) => console.error("unhandled", reason));

for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    run(request)
        .then((ok) => ({ id: request.id, ok }))
        .catch((error) => {
            console.error(request.do, error);
            return { id: request.id, error: `${error.name}: ${error.message}` };
        })
        .then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
}
process.exit(0);
