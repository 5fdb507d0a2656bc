// Verifies the users and passwords of requests, and remembers the right ones, so that a client that polls costs no hash each time.

import { createHmac, randomBytes } from 'node:crypto';
import type { Credentials } from './credentials.ts';
import { unmatchable, verifyPassword } from './password-hash.ts';
import { SlowTurns } from './slow-turns.ts';
import type { Users } from './users.ts';

/** Right credentials that are remembered; the oldest are forgotten first. */
const MOST_REMEMBERED = 1000;

export type Verdict = 'right' | 'wrong' | 'busy';

export class Verifier {
  readonly #key = randomBytes(32);
  #nobody = unmatchable();
  readonly #turns = new SlowTurns();
  readonly #right = new Set<string>();
  readonly #underWay = new Map<string, Promise<Verdict>>();
  #users: Users = new Map();
  /** Logins with a right and with a wrong password since the start. */
  readonly counts = { right: 0, wrong: 0, busy: 0 };

  /**
   * Whether a user has this password. Unknown users take as long as known ones. `busy` if too many verifications wait.
   * @param client the name under which guesses of one client are counted
   */
  async verify(users: Users, { name, password }: Credentials, client: string): Promise<Verdict> {
    if (users !== this.#users) {
      this.#users = users;
      const [first] = users.values();
      this.#nobody = unmatchable(first?.hash);
      this.#right.clear();
      this.#underWay.clear();
    }
    // No password stays in memory: the keys are hashes with a secret of this process.
    const key = createHmac('sha256', this.#key).update(`${name}\0${password}`).digest('base64');
    if (this.#right.has(key)) return 'right';
    // A page sends many requests at once.
    const known = this.#underWay.get(key);
    if (known !== undefined) return known;
    const user = users.get(name);
    const isRight = async () => {
      const matches = await verifyPassword(password, user?.hash ?? this.#nobody);
      return matches && user !== undefined;
    };
    const verdict = this.#turns
      .take(client, isRight)
      .then((right): Verdict => {
        const said = right === undefined ? 'busy' : right ? 'right' : 'wrong';
        this.counts[said] += 1;
        if (said === 'right' && this.#users === users) this.#remember(key);
        return said;
      })
      .finally(() => {
        if (this.#underWay.get(key) === verdict) this.#underWay.delete(key);
      });
    this.#underWay.set(key, verdict);
    return verdict;
  }

  #remember(key: string): void {
    this.#right.add(key);
    if (this.#right.size > MOST_REMEMBERED) this.#right.delete(this.#right.keys().next().value!);
  }
}
