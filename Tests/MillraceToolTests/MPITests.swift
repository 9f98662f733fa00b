#if MPI
import Foundation
import Testing

/// The command under a real launcher; 'Scripts/test --mpi' builds what is needed.
struct MPITests {
  private static let launcher = URL(fileURLWithPath: "/usr/bin/env")

  /// Starts the command on some ranks of this machine.
  private func run(_ bench: Workbench, ranks: Int, _ arguments: [String]) throws -> Workbench.Outcome {
    try bench.run(
      ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "\(ranks)", Workbench.command.path]
        + arguments,
      of: Self.launcher,
      // Root may be the only user of a container.
      environment: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"])
  }

  @Test func aModelIsTheSameBytesForAnyNumberOfRanksAndWorkers() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let options = [
      "train", "data", "--image-size", "10", "--hidden", "48,16", "--epochs", "2", "--batch-size", "12",
      "--shards",
      "5", "--augment", "flip:0.5, rotate:15", "--batch-norm", "sync", "--dropout", "0.2", "--clip-norm", "2",
    ]
    let alone = try bench.run(options + ["--name", "alone"])
    #expect(alone.status == 0, "\(alone.errors)")
    for ranks in 1...4 {
      for workers in 1...2 {
        let name = "\(ranks)-\(workers)"
        let outcome = try run(
          bench, ranks: ranks, options + ["--name", name, "--workers", "\(workers)", "--loaders", "1"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let isSame =
          try bench.bytes("runs/\(name)/model.safetensors") == bench.bytes("runs/alone/model.safetensors")
        #expect(isSame, "\(ranks) ranks of \(workers)")
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: bench.path + "/runs").count == 9)
  }

  @Test func anErrorThatAllRanksMeetIsToldOnce() throws {
    let bench = try Workbench()
    let mistakes: [([String], Int32)] = [
      (["train", "nowhere"], 66), (["train", "."], 65),
      (["train", "--resume", "runs/1", "--output", "other"], 64),
      (["train", ".", "--no-such-flag"], 64), (["bench", "all-reduce", "--megabytes", "0"], 64),
    ]
    for (arguments, status) in mistakes {
      let outcome = try run(bench, ranks: 3, arguments)
      #expect(outcome.status == status)
      #expect(outcome.errorLines.count { $0.hasPrefix("millrace: error:") } == 1, "\(outcome.errors)")
    }
  }

  @Test func ranksAddUpAndSayHowFast() throws {
    let bench = try Workbench()
    let outcome = try run(
      bench, ranks: 2, ["bench", "all-reduce", "--seconds", "0.01", "--repetitions", "1", "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let sizes = try outcome.json()["sizes"] as? [[String: Any]] ?? []
    #expect(sizes.count == 5 && sizes.allSatisfy { ($0["fixedTree"] as? Double ?? 0) > 0 })
  }
}
#endif
