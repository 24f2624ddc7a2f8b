import Actors
import Synchronization

/// What the fleet's health port says: the state files of the workers, read at each request.
final class FleetHealth: Sendable {
  private struct Fleet {
    var members: [FleetMember] = []
    var isDraining = false
  }

  private let states: WorkerStates
  private let fleet = Lock(Fleet())

  init(states: WorkerStates) { self.states = states }

  /// Told by the supervisor after each change.
  func update(_ members: [FleetMember], isDraining: Bool) {
    fleet.withLock { $0 = Fleet(members: members, isDraining: isDraining) }
  }

  /// What the health port serves now.
  var pages: HealthPages {
    HealthPages(report) { [self] in
      fleet.withLock { $0.members }.compactMap { member in
        member.pid.flatMap { states.published(slot: member.slot, pid: $0) }
      }
    }
  }

  /// The report of now.
  var report: HealthReport {
    let fleet = fleet.withLock { $0 }
    return HealthReport(
      processes: fleet.members.map { process($0, isDraining: fleet.isDraining) }, isDraining: fleet.isDraining)
  }

  private func process(_ member: FleetMember, isDraining: Bool) -> HealthReport.Process {
    guard let pid = member.pid else {
      return HealthReport.Process(
        slot: member.slot, pid: nil, state: isDraining ? "stopped" : "restarting", restarts: member.restarts)
    }
    guard let snapshot = states.snapshot(slot: member.slot, pid: pid) else {
      return HealthReport.Process(slot: member.slot, pid: pid, state: "starting", restarts: member.restarts)
    }
    return HealthReport.Process(
      slot: member.slot, pid: pid, state: snapshot.state.description, reason: snapshot.reason,
      heartbeatAge: snapshot.heartbeatAge.milliseconds, restarts: member.restarts,
      running: Int(clamping: snapshot.counters.running), processed: snapshot.counters.processed)
  }
}
