/// Reload: position by position, a new process starts, consumes, and only then the old one drains.
extension FleetPolicy {
  mutating func beginReload(now: Duration) {
    isReloadPending = false
    act(.note(.reloading))
    if builds {
      reload = .building
      act(.build)
    } else {
      renew(0, now: now)
    }
  }

  /// Begins with the process of a position; past the last position the reload is done.
  mutating func renew(_ position: Int, now: Duration) {
    guard position < positions.count else {
      reload = .none
      act(.note(.reloaded))
      if isReloadPending { beginReload(now: now) }
      return
    }
    if positions[position].child == nil {
      // Between two starts: what starts now is new anyhow.
      launch(position, now: now)
      renew(position + 1, now: now)
      return
    }
    let candidate = spawn(for: position, now: now)
    reload = .starting(position: position, candidate: candidate, trustAt: now + settings.readyGrace)
  }

  /// The new process of a position is in its place; the old one drains.
  mutating func takeOver(_ position: Int, by candidate: ChildID, now: Duration) {
    guard let old = positions[position].child, let oldChild = children[old], let newChild = children[candidate] else {
      return renew(position + 1, now: now)
    }
    positions[position].child = candidate
    positions[position].backoffLevel = 0
    reload = .draining(position: position, old: old)
    act(.note(.replaced(oldSlot: oldChild.slot, newSlot: newChild.slot)))
    ask(old, now: now)
  }

  mutating func abortReload(_ why: String, now: Duration) {
    reload = .none
    isReloadPending = false
    act(.note(.reloadFailed(why)))
  }
}
