import Foundation
import Millrace
import Testing

struct EvaluateTests {
  @Test func whatIsThereIsMeasuredAndTheRestIsSaid() throws {
    let bench = try Workbench()
    try bench.dataset("data")
    #expect(try bench.train().status == 0)
    try bench.dataset("new/Test", perClass: 3)
    try bench.dataset("new/train", perClass: 2)
    try FileManager.default.removeItem(atPath: bench.path + "/new/Test/down")
    let outcome = try bench.run("evaluate", "runs/1", "new", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errorLines.count == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("new/Test: measured on Test/"))
    #expect(outcome.errors.contains("no image of 'down'"))
    let result = try outcome.json()
    #expect(result["count"] as? Int == 6 && result["data"] as? String == "new/Test")
    #expect(result["unmeasured"] as? [String] == ["down"])
    let classes = try #require(result["classes"] as? [[String: Any]])
    #expect(classes.map { $0["count"] as? Int } == [3, 0, 3])
    // Of no image there is no figure.
    #expect(classes[1]["recall"] == nil && classes[1]["f1"] == nil && classes[0]["recall"] is Double)
    let table = try bench.run("evaluate", "runs/1", "new").output
    let row = try #require(table.split(separator: "\n").first { $0.hasPrefix("down") })
    #expect(row.split(separator: " ").filter { $0 == "–" }.count >= 2, "\(row)")
  }
}
