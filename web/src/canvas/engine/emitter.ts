/** Events with one value each, by name. */

export class Emitter<Events extends object> {
  readonly #followers: { [Name in keyof Events]?: Set<(value: Events[Name]) => void> } = {};

  /** Be told; gives the way to stop. */
  on<Name extends keyof Events>(name: Name, follower: (value: Events[Name]) => void): () => void {
    const followers = this.#followers[name] ?? new Set<(value: Events[Name]) => void>();
    this.#followers[name] = followers;
    followers.add(follower);
    return () => followers.delete(follower);
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const follower of [...(this.#followers[name] ?? [])]) follower(value);
  }
}
