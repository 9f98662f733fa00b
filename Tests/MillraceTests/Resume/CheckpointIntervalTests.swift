import MillraceModels
import Testing

struct CheckpointIntervalTests {
  @Test(
    arguments: [
      ("30s", .seconds(30), "30s"), ("5m", .seconds(300), "5m"), ("90m", .seconds(5400), "90m"),
      ("2h", .seconds(7200), "2h"), ("0.5s", .seconds(0.5), "0.5s"), ("1.5m", .seconds(90), "90s"),
      ("200", .steps(200), "200"), ("200steps", .steps(200), "200"), ("200 steps", .steps(200), "200"),
      ("never", .never, "never"),
    ] as [(String, CheckpointInterval, String)])
  func `A time or a number of steps is read, and written as it is read`(
    text: String, interval: CheckpointInterval, written: String
  ) throws {
    #expect(try CheckpointInterval(parsing: text) == interval)
    #expect(interval.description == written)
    #expect(try CheckpointInterval(parsing: written) == interval)
  }

  @Test(arguments: ["", "0", "-5", "0s", "5x", "m", "1e9h", "nan s", "steps"])
  func `Anything else is refused`(text: String) {
    #expect(throws: ConfigurationError.self) { try CheckpointInterval(parsing: text) }
  }
}
