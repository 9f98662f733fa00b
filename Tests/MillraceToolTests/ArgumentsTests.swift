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

  @Test func aMistypedCommandIsGuessed() {
    let commands = ["train", "evaluate", "bench"]
    #expect(
      Arguments.unknownCommand(in: ["trian", "x"], commands: commands)
        == "there is no command 'trian'; did you mean 'train'?")
    #expect(
      Arguments.unknownCommand(in: ["sing"], commands: commands)
        == "there is no command 'sing'; the commands are train, evaluate, bench.")
    for known in [["train", "--epoch"], ["--version"], ["help", "x"], []] {
      #expect(Arguments.unknownCommand(in: known, commands: commands) == nil)
    }
  }
}
