import MillraceTraining
import Testing

struct HelpTests {
  @Test(arguments: [
    ["train"], ["tune"], ["report"], ["evaluate"], ["predict"], ["check"], ["preview"], ["bench"],
    ["bench", "loader"],
    ["bench", "compute"],
    ["bench", "train"], ["pack"], ["export"], ["info"],
  ])
  func helpHoldsPurposeExamplesAndTheNextStep(command: [String]) throws {
    let outcome = try Workbench().run(command + ["--help"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    for part in ["OVERVIEW: ", "Examples:\n  millrace \(command[0])", "\nNext: ", "USAGE: millrace"] {
      #expect(outcome.output.contains(part), "\(part)")
    }
    for line in outcome.output.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    #expect(outcome.output.count { $0 == "(" } == outcome.output.count { $0 == ")" })
    // A default is told once, and a switch that is off needs none.
    let words = outcome.output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    #expect(!words.contains(#/default: [^()]*default: /#) && !words.contains("default: false"))
  }

  @Test func everySettingHasAFlagOfTrain() throws {
    let help = try Workbench().run("train", "--help").output
    for setting in ConfigurationSetting.all where setting.key != "data" {
      #expect(help.contains("--\(setting.key) ") || help.contains("--\(setting.key)/"), "\(setting.key)")
    }
  }

  @Test func theCommandsAreListedAndTheVersionIsTold() throws {
    let bench = try Workbench()
    let help = try bench.run("--help").output
    for command in [
      "train", "tune", "report", "evaluate", "predict", "check", "preview", "bench", "pack", "export", "info",
    ] {
      #expect(help.contains("\n  \(command) "), "\(command)")
    }
    #expect(try bench.run([]).output == help)
    let version = try bench.run("--version")
    #expect(version.status == 0 && version.output.hasPrefix("millrace "))
    for library in [
      "libjpeg", "libpng 1", "zlib 1", "OpenBLAS 0", "kernels for ", "bfloat16 products", "Swift 6",
    ] {
      #expect(version.output.contains(library), "\(library)")
    }
  }
}
