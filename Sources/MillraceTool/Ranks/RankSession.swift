import Foundation
import MillraceMPI
import MillraceShards
import MillraceTraining

/// A command's part among the processes that an MPI launcher has started.
enum RankSession {
  /// Runs a command's body alone, or with the ranks of this launch.
  ///
  /// An error that all ranks know of is told by the first alone. One that only this rank knows of it tells itself, and
  /// ends all others.
  static func run(_ body: (Ranks) throws -> Void) throws {
    guard let launched = Launch.processCount else { return try body(alone) }
    #if MPI
    let group = try MPIGroup()
    guard group.count > 1 else {
      defer { group.leave() }
      return try body(alone)
    }
    let ranks = ranks(of: group)
    do {
      try body(ranks)
    } catch {
      let failure = Failure(error)
      if ranks.isShared(error) {
        // Told before any rank ends: the launcher stops listening when the first has.
        if ranks.isFirst { failure.tell() }
        group.leave()
        exit(failure.code)
      }
      failure.tell(place: ranks.isFirst ? "" : "rank \(ranks.rank) on \(group.hosts[ranks.rank]): ")
      group.abort(code: failure.code)
    }
    group.leave()
    #else
    guard launched > 1 else { return try body(alone) }
    // The first of the processes tells it for all.
    if Launch.rank > 0 { exit(ExitStatus.usage.rawValue) }
    throw BuiltWithoutMPI(processCount: launched)
    #endif
  }

  /// This process alone, which a signal stops.
  static var alone: Ranks { ranks(of: SingleProcess()) }

  private static func ranks(of group: any ProcessGroup) -> Ranks {
    Ranks(
      group, program: Version.number,
      explain: { error in
        let failure = Failure(error)
        return (failure.message ?? "\(error)", failure.code)
      }, stopSignal: { InterruptionWatch.received })
  }

  /// Ends all ranks of a launch by a mistake in the arguments, which are the same for all, so that one tells it. Returns
  /// where there is no other rank, and for what is no mistake: help and version.
  static func tellOnce(_ error: any Error) throws {
    #if MPI
    guard Launch.processCount ?? 1 > 1, Failure(error).code != 0 else { return }
    try run { ranks in if !ranks.isAlone { try ranks.together { throw error } } }
    #endif
  }

  /// Refuses a launch of several processes for a command that works in one.
  static func requireOneProcess(_ command: String) throws {
    guard let count = Launch.processCount, count > 1 else { return }
    // The first of the processes tells it for all.
    if Launch.rank > 0 { exit(ExitStatus.usage.rawValue) }
    throw OneProcessOnly(command: command, processCount: count)
  }

  /// What `millrace --version` says of MPI.
  static var libraryVersion: String {
    #if MPI
    MPIGroup.libraryVersion
    #else
    "without MPI"
    #endif
  }
}

/// What the launcher has told this process, if one has started it.
enum Launch {
  /// Which of the processes this is; 0 where there is no launcher.
  static var rank: Int {
    let environment = ProcessInfo.processInfo.environment
    let names = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"]
    return names.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first ?? 0
  }

  /// How many processes there are, as far as the launcher's variables say; nil where there is no launcher.
  static var processCount: Int? {
    let environment = ProcessInfo.processInfo.environment
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"] {
      if let count = environment[name].flatMap({ Int($0) }) { return count }
    }
    // Slurm's srun --mpi=pmix says only which one this is.
    return environment["PMIX_RANK"] != nil ? environment["SLURM_NTASKS"].flatMap { Int($0) } ?? 1 : nil
  }
}

/// Several processes were started of a command that works in one.
struct OneProcessOnly: Error, CustomStringConvertible {
  let command: String
  let processCount: Int

  var description: String {
    "\(processCount) processes were started, and \(command) works in one: start it without the launcher"
  }
}

/// Several processes were started of a program that cannot work together with others.
struct BuiltWithoutMPI: Error, CustomStringConvertible {
  let processCount: Int

  var description: String {
    "\(processCount) processes were started, and this millrace was built without MPI: each would train alone; "
      + "build it with 'swift build -c release --traits MPI', or start one process"
  }
}
