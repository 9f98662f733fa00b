import Foundation
import Testing

/// Training with `--precision bf16`, as a person does it.
struct PrecisionTests {
  @Test func `A model trained in bfloat16 says so, and is used as it was trained`() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.dataset("test", perClass: 5)
    #expect(try bench.train("data", "--val-fraction", "0.25").status == 0)
    let training = try bench.train("data", "--val-fraction", "0.25", "--precision", "bf16")
    #expect(training.status == 0, "\(training.errors)")
    #expect(try bench.text("runs/2/config.yaml").contains("\nprecision: bf16\n"))
    #expect(try !bench.text("runs/1/config.yaml").contains("precision"))
    #expect(try bench.bytes("runs/1/model.safetensors") != bench.bytes("runs/2/model.safetensors"))

    let network = try bench.run("info", "runs/2", "--json").json()["network"] as? [String: Any]
    #expect(network?["precision"] as? String == "bf16")
    #expect(try bench.run("info", "runs/2").output.contains("bf16"))

    func loss(_ more: String...) throws -> Double {
      let evaluation = try bench.run(["evaluate", "runs/2", "test", "--json"] + more)
      #expect(evaluation.status == 0, "\(evaluation.errors)")
      return try #require(try evaluation.json()["loss"] as? Double)
    }
    let (asTrained, inFloats) = (try loss(), try loss("--float32"))
    #expect(asTrained != inFloats && abs(asTrained - inFloats) < 0.05 * inFloats)
    #expect(try bench.run("predict", "runs/2", "test/ring", "--float32").status == 0)

    // The same settings again, from the run's own file.
    let again = try bench.run("train", "--config", "runs/2/config.yaml", "--workers", "1", "--no-refit")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try bench.bytes("runs/3/model.safetensors") == bench.bytes("runs/2/model.safetensors"))
  }

  @Test func `Its benchmark names who multiplies`() throws {
    let bench = try Workbench()
    let result = try bench.run(
      "bench", "compute", "--image-size", "8", "--hidden", "16", "--batch-norm", "none", "--dropout", "0",
      "--precision", "bf16", "--seconds", "0.05", "--repetitions", "1", "--json")
    #expect(result.status == 0, "\(result.errors)")
    #expect((try result.json()["kernels"] as? String)?.hasPrefix("bfloat16 products") == true)
  }
}
