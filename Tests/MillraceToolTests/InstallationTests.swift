import Foundation
import Testing

/// The files that are installed beside the command, and that the command itself makes.
struct InstallationTests {
  private let commands = [
    "train", "tune", "evaluate", "predict", "check", "preview", "bench", "pack", "report", "info",
  ]

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsKnowEveryCommandAndWhatFlagsMayBe(shell: String) throws {
    let script = try Workbench().run("--generate-completion-script", shell)
    #expect(script.status == 0 && script.errors.isEmpty)
    for word in commands + ["loader", "compute", "one-cycle", "trivialaugment", "leaky-relu", "print-config"]
    {
      #expect(script.output.contains(word), "\(word)")
    }
    #expect(!script.output.contains("manual"))
    // The shell itself can read it, where there is one.
    let path = ["/usr/bin/\(shell)", "/bin/\(shell)"].first(where: FileManager.default.isExecutableFile)
    guard let path else { return }
    let bench = try Workbench()
    try bench.file("completions", script.output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-n", bench.path + "/completions"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test(arguments: [
    (["millrace", "ev"], ["evaluate"]),
    (["millrace", "bench", "l"], ["loader"]),
    (["millrace", "train", "data", "--optimizer", "ad"], ["adam", "adamw"]),
    (["millrace", "train", "--print"], ["--print-config"]),
    (["millrace", "predict", "m", "x", "--tta-augment", "trivial"], ["trivialaugment"]),
    (["millrace", "train", "--config", "ru"], ["run.yaml"]),
  ])
  func bashCompletesWhatIsBegun(words: [String], completions: [String]) throws {
    let bash = URL(fileURLWithPath: "/bin/bash")
    guard FileManager.default.isExecutableFile(atPath: bash.path) else { return }
    let bench = try Workbench()
    for name in ["run.yaml", "run.txt"] { try bench.file(name, "") }
    let script = try bench.run("--generate-completion-script", "bash").output
    // This is what bash hands to a completion function: the line so far, its words, and the last two of them.
    let call = """
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
      _millrace "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try bench.run(["-c", script + call, "bash"] + words, of: bash)
    #expect(outcome.output.split(separator: "\n").map(String.init) == completions, "\(outcome.errors)")
  }

  @Test func theManualPageHoldsWhatHelpSays() throws {
    let bench = try Workbench()
    let page = try bench.run("manual").output
    #expect(page.hasPrefix(".TH MILLRACE 1 "))
    for part in ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS"] {
      #expect(page.contains("\n.SH \(part)\n"), "\(part)")
    }
    for command in commands {
      #expect(page.contains("\n.SS millrace \(command)\n"), "\(command)")
      let help = try bench.run(command, "--help").output
      let example = try #require(help.split(separator: "\n").first { $0.hasPrefix("  millrace ") })
      let escaped = example.trimmingCharacters(in: .whitespaces).replacing("-", with: "\\-")
      #expect(page.contains("\n\(escaped)\n"), "\(example)")
    }
    // Each option of train is explained once.
    #expect(page.components(separatedBy: "\n.B \\-\\-hidden ").count == 2)
    // No text that a person wrote is taken for a request.
    for line in page.split(separator: "\n") where line.hasPrefix("'") || line.hasPrefix(".") {
      let request = line.prefix { $0 != " " }
      #expect(
        [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".RS", ".RE", ".nf", ".fi"].contains(request), "\(line)")
    }
  }
}
