import Foundation
import Testing

@testable import MillracePipeline

struct LabelTableTests {
  private func rows(_ text: String, _ name: String = "t.csv") throws -> [[String]] {
    try LabelTable(Array(text.utf8), path: name).rows.map { [$0.path, $0.label] }
  }

  @Test(arguments: [
    ("t.csv", "path,label\na.png,cat\nb.png,dog\n"),
    ("t.csv", "\u{FEFF}path,label\r\na.png,cat\r\n\r\nb.png,dog"),
    ("t.csv", "id,\"label\",width,\"path\"\n1,\"cat\",\"5,5\",a.png\n2,dog,,\"b.png\"\n"),
    ("T.TSV", "path\tlabel\na.png\tcat\nb.png\tdog\n"),
    ("t.csv", "rank,path,class,probability\n1,a.png,cat,0.5\n2,./b.png,dog,0.4\n"),
    (
      "t.jsonl",
      #"{"path": "a.png", "label": "cat", "box": [1, 2]}"# + "\n\n" + #"{"file":"b.png","class":"dog"}"#
    ),
  ])
  func `A table is read by the names of its columns`(name: String, text: String) throws {
    #expect(try rows(text, name) == [["a.png", "cat"], ["b.png", "dog"]])
  }

  @Test func `Values hold whatever stands in quotes`() throws {
    let text = "path,label\n\"a, \"\"b\"\".png\",\"two\nlines\"\nc.png,café\n"
    #expect(try rows(text) == [[#"a, "b".png"#, "two\nlines"], ["c.png", "café"]])
    #expect(try rows(#"{"path":"1.png","label":3}"#, "t.jsonl") == [["1.png", "3"]])
  }

  @Test(arguments: [
    ("t.csv", "", "has no images"),
    ("t.csv", "path,label\n", "has no images"),
    ("t.csv", "name,label\na,b\n", "line 1: has no column 'path' among 'name', 'label'"),
    ("t.csv", "path,label,label\na,b,c\n", "line 1, column 'label': occurs twice"),
    ("t.csv", "path,label,group,group\na,b,c,d\n", "line 1, column 'group': occurs twice"),
    ("t.csv", "path,label\na.png\n", "line 2: has 1 values where the first line names 2 columns"),
    (
      "t.csv", "path,label\na.png,\"cat\nb.png,dog\n",
      "line 2, column 'label': a quote is opened and never closed"
    ),
    ("t.csv", "path,label\n\"a\"x,cat\n", "line 2, column 'path': text after a closing quote"),
    ("t.csv", "path,label\na.png,c\"at\n", "line 2, column 'label': a quote in a value"),
    ("t.csv", "path,label\na.png,\n", "line 2, column 'label': is empty"),
    (
      "t.csv", "path,label\na.png,x\n\nb.png,y\n./a.png,x\n",
      "line 5, column 'path': 'a.png' is also in line 2"
    ),
    (
      "t.csv", "path,label,split\na.png,x,trian\n",
      "line 2, column 'split': 'trian' is not a part of a data set"
    ),
    ("t.csv", "path,label,split\na.png,x,eval\n", "line 2, column 'split': 'eval' is not a part"),
    ("t.txt", "path,label\na.png,x\n", "does not have the name of a table of labels"),
    ("t.jsonl", "{\"path\":\"a\",\"label\":\"b\"}\n[1]\n", "line 2: is not an object"),
    ("t.jsonl", #"{"path":"a","label":null}"#, "line 1, column 'label': is missing"),
    (
      "t.jsonl", #"{"path":"a","label":"x","split":"val"}"# + "\n" + #"{"path":"b","label":"x"}"#,
      "line 2, column 'split': is missing, and other lines have it"
    ),
  ])
  func `What is wrong is named with its place`(name: String, text: String, problem: String) throws {
    let fault = #expect(throws: LabelTableFault.self) { try rows(text, name) }
    #expect(fault?.description.hasPrefix(problem) == true, "\(fault?.description ?? "")")
  }

  @Test(arguments: [
    (
      "t.csv", "path,label,weight\na,x,0\n",
      "line 2, column 'weight': '0' is not a weight; write a number above 0"
    ),
    ("t.csv", "path,label,weight\na,x,1\nb,x,-2\n", "line 3, column 'weight': '-2' is not a weight"),
    ("t.csv", "path,label,weight\na,x,nan\n", "line 2, column 'weight': 'nan' is not a weight"),
    ("t.csv", "path,label,weight\na,x,inf\n", "line 2, column 'weight': 'inf' is not a weight"),
    ("t.csv", "path,label,weight\na,x,1e99\n", "line 2, column 'weight': '1e99' is not a weight"),
    ("t.csv", "path,label,weight\na,x,\n", "line 2, column 'weight': '' is not a weight"),
    ("t.csv", "path,label,weight,weight\na,x,1,1\n", "line 1, column 'weight': occurs twice"),
    (
      "t.jsonl", #"{"path":"a","label":"x","weight":0.5}"# + "\n" + #"{"path":"b","label":"x"}"#,
      "line 2, column 'weight': is missing, and other lines have it"
    ),
    ("t.jsonl", #"{"path":"a","label":0.5}"#, "line 1, column 'label': is missing"),
  ])
  func `A weight that is not a number above 0 is named with its place`(
    name: String, text: String, problem: String
  ) throws {
    let fault = #expect(throws: LabelTableFault.self) { try rows(text, name) }
    #expect(fault?.description.hasPrefix(problem) == true, "\(fault?.description ?? "")")
  }

  @Test(arguments: [
    ("t.csv", "path,label,weight\nx/1.png,x,0.5\nx/2.png,x,2e0\ny/3.png,y,1\n"),
    (
      "t.jsonl",
      #"{"path":"x/1.png","label":"x","weight":0.5}"# + "\n"
        + #"{"path":"x/2.png","label":"x","weight":"2"}"# + "\n"
        + #"{"path":"y/3.png","label":"y","weight":1}"#
    ),
  ])
  func `The column weight says how much an image counts in training`(name: String, text: String) throws {
    let tree = try TemporaryFolder()
    for name in ["x/1.png", "x/2.png", "y/3.png"] { try tree.file(name, []) }
    try tree.file(name, Array(text.utf8))
    let found = try DatasetTree.scan("\(tree.path)/\(name)").training
    func weights(_ dataset: Dataset) -> [Float] { (0..<dataset.count).map(dataset.weight(of:)) }
    #expect(found.isWeighted && weights(found) == [0.5, 2, 1])
    #expect(weights(found.subset([2, 1])) == [1, 2])
    let folders = try Dataset.scan(tree.path)
    #expect(!folders.isWeighted && weights(folders) == [1, 1, 1])
    #expect(weights(folders.joined(with: found)) == [1, 1, 1, 0.5, 2, 1])
    #expect(weights(found.grouped(by: [1, 1, 2])) == [0.5, 2, 1])
    #expect(weights(try found.labelled(by: ["y", "x"])) == [0.5, 2, 1])
    #expect(
      found.notices == [
        "\(tree.path)/\(name): its column weight, from 0.5 to 2.0, multiplies the loss of each image in training; "
          + "figures of validation and evaluation count every image once"
      ])
    // Other weights are other training images; those that are all 1 are none.
    #expect(found.fingerprint != folders.fingerprint)
    try tree.file("ones.csv", Array("path,label,weight\nx/1.png,x,1\nx/2.png,x,1.0\ny/3.png,y,1\n".utf8))
    let ones = try DatasetTree.scan("\(tree.path)/ones.csv").training
    #expect(!ones.isWeighted && ones.fingerprint == folders.fingerprint && ones.notices.isEmpty)
  }

  @Test func `Bytes that are no text are named with their line`() throws {
    let bytes = Array("path,label\na.png,x\n".utf8) + [0x62, 0xE9, 0x2C, 0x78, 10]
    let fault = #expect(throws: LabelTableFault.self) { try LabelTable(bytes, path: "t.csv") }
    #expect(fault?.description == "line 3: is not UTF-8; save the table as UTF-8")
  }

  // MARK: Files

  @Test func `A table makes the data set that the folders make which it describes`() throws {
    let tree = try TemporaryFolder()
    for name in ["b10/2.png", "b10/10.png", "b10/x/1.png", "b9/a.png", "b9/z.png"] { try tree.file(name, []) }
    let folders = try Dataset.scan(tree.path)
    let names = (0..<folders.count).map(folders.relativePath(of:))
    let rows = names.shuffled().map { "\($0),\($0.prefix { $0 != "/" })" }
    try tree.file("labels.csv", Array("path,label\n\(rows.joined(separator: "\n"))\n".utf8))
    for (path, labels) in [(tree.path + "/labels.csv", nil), (tree.path, tree.path + "/labels.csv")] {
      let table = try DatasetTree.scan(path, labels: labels).training
      #expect(table.classes == folders.classes)
      #expect((0..<table.count).map(table.relativePath(of:)) == names)
      #expect((0..<table.count).map(table.label(of:)) == (0..<folders.count).map(folders.label(of:)))
    }
  }

  @Test func `Parts are trained, validated and measured on, each for its own`() throws {
    let tree = try TemporaryFolder()
    for number in 0..<6 { try tree.file("all/\(number).png", []) }
    let rows = ["train,a", "train,b", "val,a", "test,b", "test,a", "train,b"].enumerated().map {
      number, rest in
      let parts = rest.split(separator: ",")
      return "all/\(number).png,\(parts[1]),\(parts[0])"
    }
    let table = tree.path + "/t.csv"
    try tree.file("t.csv", Array("path,label,split\n\(rows.joined(separator: "\n"))\n".utf8))
    let found = try DatasetTree.scan(table)
    func names(_ dataset: Dataset?) -> [String] {
      dataset.map { set in (0..<set.count).map { "\(set.label(of: $0)) \(set.relativePath(of: $0))" } } ?? []
    }
    #expect(names(found.training) == ["0 all/0.png", "1 all/1.png", "1 all/5.png"])
    #expect(names(found.validation) == ["0 all/2.png"])
    #expect(
      found.notices.isEmpty && found.testNotice == "\(table): its 2 images of split test are not looked at")
    let measured = try MeasuredImages(table, classes: ["b", "c", "a"])
    #expect(names(measured.dataset) == ["2 all/4.png", "0 all/3.png"])
    #expect(measured.notices.first == "\(table): measured on split test, which the table has beside others")
    #expect(throws: DatasetError.self) { try MeasuredImages(table, classes: ["b", "c"]) }
    // Training images cannot be the validation.
    #expect(throws: DatasetError.validatesOnTraining(path: table, training: table)) {
      try DatasetTree.scan(table, validation: table)
    }
  }

  @Test(arguments: [
    ("t.csv", "path,label,group\na/1,x,p1\na/2,x,\na/3,y,p1\na/4,y,p2\n"),
    (
      "t.jsonl",
      #"{"path":"a/1","label":"x","group":"p1"}"# + "\n" + #"{"path":"a/2","label":"x"}"# + "\n"
        + #"{"path":"a/3","label":"y","group":"p1"}"# + "\n" + #"{"path":"a/4","label":"y","group":7}"#
    ),
  ])
  func `The column group says what belongs together`(name: String, text: String) throws {
    let tree = try TemporaryFolder()
    for number in 1...4 { try tree.file("a/\(number)", []) }
    try tree.file(name, Array(text.utf8))
    let found = try DatasetTree.scan("\(tree.path)/\(name)").training
    #expect(found.isGrouped && found.samplesOfGroups == [[0, 2], [1], [3]])
    // The number that stands for a name is the same in every table.
    #expect(found.group(of: 0) == GroupName.key("p1".utf8) && found.group(of: 1) == nil)
    #expect(found.subset([2, 3]).group(of: 0) == found.group(of: 0))
    #expect(found.joined(with: found.subset([0])).group(of: 4) == found.group(of: 0))
    try tree.file("plain.csv", Array("path,label\na/1,x\na/3,y\n".utf8))
    #expect(try !DatasetTree.scan("\(tree.path)/plain.csv").training.isGrouped)
  }

  @Test func `Files that lie beside the table itself are read there, not in the working folder`() throws {
    let tree = try TemporaryFolder()
    try tree.file("a.png", [1, 2])
    try tree.file("b.png", [3])
    try tree.file("t.csv", Array("path,label\na.png,x\nb.png,y\n".utf8))
    let found = try DatasetTree.scan("\(tree.path)/t.csv").training
    let (reader, directories) = (FileReader(maxBytes: 100), OpenDirectories(found))
    #expect(try Array(reader.read(0, of: found, in: directories)) == [1, 2])
    #expect(try Array(reader.read(1, of: found, in: directories)) == [3])
  }

  @Test func `A file that is not there is named with its line`() throws {
    let tree = try TemporaryFolder()
    try tree.file("a/1.png", [])
    try tree.file("t.csv", Array("path,label\na/1.png,x\na/2.png,y\n".utf8))
    let error = #expect(throws: DatasetError.self) { try DatasetTree.scan(tree.path + "/t.csv") }
    let message = try #require(error).description
    #expect(
      message.contains("t.csv: line 3, column 'path': \(tree.path)/a/2.png cannot be found"), "\(message)")
    #expect(throws: DatasetError.notFound(path: tree.path + "/no.csv")) {
      try DatasetTree.scan(tree.path, labels: tree.path + "/no.csv")
    }
  }
}
