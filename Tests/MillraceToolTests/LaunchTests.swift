import Testing

struct LaunchTests {
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
