import Foundation
import Testing

struct LaunchTests {
  @Test(arguments: ["0<&-", "1>&-", "2>&-", "0<&- 1>&-", "0<&- 2>&-", "1>&- 2>&-", "0<&- 1>&- 2>&-"])
  func whatIsMeantForAClosedDescriptorGoesIntoNoFile(closed: String) throws {
    let bench = try Workbench()
    try bench.dataset("data", perClass: 4)
    try bench.file("data/ring/broken.png", "no picture")
    let flags = "--image-size 8 --hidden 4 --epochs 2 --batch-size 4 --lr 0.01"
    for (name, redirection) in [("open", ""), ("closed", closed)] {
      let script = "exec \(redirection); exec '\(Workbench.command.path)' train data \(flags) --name \(name)"
      let outcome = try bench.run(["-c", script], of: URL(filePath: "/bin/bash"))
      #expect(outcome.status == 0)
    }
    for file in ["config.yaml", "classes.txt", "bad-files.csv", "model.safetensors"] {
      #expect(try bench.bytes("runs/closed/\(file)") == bench.bytes("runs/open/\(file)"), "\(file)")
    }
    let rows = try ["open", "closed"].map { name in
      try bench.text("runs/\(name)/metrics.csv").split(separator: "\n").map { $0.count { $0 == "," } }
    }
    #expect(rows[0] == rows[1])
  }

  @Test func severalProcessesOfAProgramWithoutMPIAreRefusedByTheFirst() throws {
    #if !MPI
    let bench = try Workbench()
    try bench.dataset("data")
    for rank in 0..<2 {
      let outcome = try bench.run(
        "train", "data", environment: ["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "\(rank)"])
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("--traits MPI") == (rank == 0), "\(outcome.errors)")
    }
    #expect(!bench.exists("runs"))
    #endif
  }

  @Test func anAllReduceOfOneProcessSaysHowToStartSeveral() throws {
    let outcome = try Workbench().run("bench", "all-reduce")
    #expect(outcome.status == 64 && outcome.errors.contains("mpirun -n 2"), "\(outcome.errors)")
  }
}
