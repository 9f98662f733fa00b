import Testing

@testable import MillraceTool

struct ArgumentsTests {
  @Test(arguments: [
    (["--lr", "-1"], ["--lr=-1"]),
    (["--lr", "-1e-3", "x"], ["--lr=-1e-3", "x"]),
    (["--lr", "0.1", "-1"], ["--lr", "0.1", "-1"]),
    (["--lr=3", "-1"], ["--lr=3", "-1"]),
    (["--", "-1"], ["--", "-1"]),
    (["a", "-h"], ["a", "-h"]),
  ])
  func negativeNumbersAreJoinedToTheFlagBeforeThem(arguments: [String], joined: [String]) {
    #expect(Arguments.joiningNegativeNumbers(arguments) == joined)
  }

  @Test(
    arguments: [
      (["train", "-lr", "3"], "-lr"), (["train", "x", "--quiet", "-epochs", "3"], "-epochs"),
      (["train", "--lr", "-inf"], nil), (["predict", "m", "-"], nil), (["train", "-h"], nil),
      (["train", "--", "-lr"], nil), (["train", "--lr", "-1"], nil),
    ] as [([String], String?)])
  func `A flag with one dash is told from a value`(arguments: [String], flag: String?) {
    let joined = Arguments.joiningNegativeNumbers(arguments)
    #expect(
      Arguments.problem(in: joined) == flag.map { "there is no flag '\($0)'; did you mean '-\($0)'?" })
  }

  private let commands = CommandTree(
    name: "millrace",
    children: [
      CommandTree(name: "train"), CommandTree(name: "evaluate"),
      CommandTree(name: "bench", children: [CommandTree(name: "loader"), CommandTree(name: "compute")]),
      CommandTree(name: "manual", isListed: false),
    ])

  @Test(arguments: [
    (["trian", "x"], "there is no command 'trian'; did you mean 'train'?"),
    (["sing"], "there is no command 'sing'; the commands are train, evaluate, bench"),
    (["bench", "laoder"], "there is no command 'bench laoder'; did you mean 'bench loader'?"),
    (["help", "nix"], "there is no command 'nix'; the commands are train, evaluate, bench"),
    (["help", "bench", "x"], "there is no command 'bench x'; the commands are bench loader, bench compute"),
  ])
  func aMistypedCommandIsGuessed(arguments: [String], problem: String) {
    #expect(commands.problem(with: arguments) == problem)
  }

  @Test(arguments: [
    ["train", "--epoch"], ["train", "trian"], ["--version"], ["help"], ["help", "train"],
    ["bench", "loader", "x"],
    ["bench"], ["bench", "--help"], ["manual"], [],
  ])
  func commandsThatExistAreNoProblem(arguments: [String]) {
    #expect(commands.problem(with: arguments) == nil)
  }
}
