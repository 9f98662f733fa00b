import Foundation
import MillraceRandom
import Testing
import _MillraceTestSupport

@testable import MillraceModels

struct SafetensorsTests {
  static let sample = SafetensorsFile(
    metadata: ["format": "millrace", "classes": "[\"a\", \"b\\c\"]\n", "leer": "", "ü": "\u{1}😀"],
    tensors: [
      .init(name: "wide", shape: [2, 1], values: .float64([.pi, -.infinity])),
      .init(name: "steps", shape: [], values: .int64([.min])),
      .init(
        name: "hidden.0.weight", shape: [2, 3],
        values: .float32([1, -0.0, 2.5, .greatestFiniteMagnitude, 4, 5])),
      .init(name: "ids", shape: [1], values: .int32([-7])),
      .init(name: "none", shape: [0, 5], values: .uint8([])),
      .init(name: "bytes \"quoted\"", shape: [3], values: .uint8([0, 127, 255])),
    ])

  /// The bytes of a file with this header and this many bytes of data.
  static func file(header: String, dataCount: Int = 0) -> [UInt8] {
    let text = Array(header.utf8)
    let length = UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
      + [UInt8](repeating: 0, count: dataCount)
  }

  // MARK: Whole files

  @Test func whatIsWrittenIsReadBack() throws {
    let folder = try TemporaryFolder()
    try Self.sample.write(to: folder.file("m"))
    #expect(try SafetensorsFile(contentsOf: folder.file("m")) == Self.sample)
    #expect(Self.sample["ids"]?.values == .int32([-7]))
    #expect(Self.sample["absent"] == nil)
  }

  @Test func anEmptyFileIsWrittenAndReadBack() throws {
    let folder = try TemporaryFolder()
    try SafetensorsFile().write(to: folder.file("m"))
    #expect(try folder.bytes(of: "m") == Self.file(header: "{}      "))
    #expect(try SafetensorsFile(contentsOf: folder.file("m")) == SafetensorsFile())
  }

  @Test func theBytesAreExactlyThese() throws {
    let folder = try TemporaryFolder()
    let file = SafetensorsFile(
      metadata: ["b": "2", "a": "1\"\\\n\u{1F}é"],
      tensors: [
        .init(name: "u", shape: [1], values: .uint8([5])),
        .init(name: "f", shape: [1, 2], values: .float32([1, -2])),
      ])
    try file.write(to: folder.file("m"))
    let header =
      #"{"__metadata__":{"a":"1\"\\\n\u001fé","b":"2"},"f":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"#
      + #""u":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    #expect(try folder.bytes(of: "m") == Self.file(header: padded) + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 5])
  }

  @Test func theOrderOfTheMetadataDoesNotChangeTheBytes() throws {
    let folder = try TemporaryFolder()
    var forward = SafetensorsFile()
    var backward = SafetensorsFile()
    for i in 0..<100 { forward.metadata["key\(i)"] = "\(i)" }
    for i in (0..<100).reversed() { backward.metadata["key\(i)"] = "\(i)" }
    try forward.write(to: folder.file("forward"))
    try backward.write(to: folder.file("backward"))
    #expect(try folder.bytes(of: "forward") == folder.bytes(of: "backward"))
  }

  @Test func widerElementsComeFirstAndTensorsKeepTheirOrderOtherwise() throws {
    let folder = try TemporaryFolder()
    let file = SafetensorsFile(tensors: [
      .init(name: "c", shape: [3], values: .uint8([1, 2, 3])),
      .init(name: "layer10", shape: [1], values: .float32([1])),
      .init(name: "layer2", shape: [1], values: .float32([2])),
      .init(name: "d", shape: [1], values: .int64([4])),
    ])
    try file.write(to: folder.file("m"))
    let names = try SafetensorsFile(contentsOf: folder.file("m")).tensors.map(\.name)
    #expect(names == ["d", "layer10", "layer2", "c"])
  }

  @Test func anotherWritersHabitsAreRead() throws {
    let folder = try TemporaryFolder()
    // The header has white space, escapes, another order than the data, offsets first, and no padding.
    let header =
      "{ \"b\\u00e9\\ud83d\\ude00\" : {\"data_offsets\":[4,8],\"shape\":[ 1 ],\r\n\t\"dtype\":\"F32\"},"
      + "\"a\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]},\"__metadata__\":{} }"
    let path = try folder.put(Self.file(header: header, dataCount: 8), at: "m")
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.metadata == [:])
    #expect(file.tensors.map(\.name) == ["a", "bé😀"])
    #expect(file.tensors.map(\.shape) == [[], [1]])
  }

  @Test(arguments: [
    ("C64", 24), ("F64", 24), ("I64", 24), ("U64", 24), ("U32", 12), ("F16", 6), ("BF16", 6), ("I16", 6),
    ("U16", 6), ("BOOL", 3), ("I8", 3), ("F8_E4M3", 3), ("F8_E5M2", 3), ("F8_E8M0", 3), ("OF_TOMORROW", 5),
  ])
  func tensorsOfOtherTypesAreLeftAlone(type: String, byteCount: Int) throws {
    let folder = try TemporaryFolder()
    let end = 4 + byteCount
    let header =
      #"{"a":{"dtype":"\#(type)","shape":[3],"data_offsets":[0,\#(byteCount)]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[\#(byteCount),\#(end)]}}"#
    var bytes = Self.file(header: header, dataCount: end)
    bytes.replaceSubrange(bytes.count - 2..<bytes.count, with: [0x80, 0x3F])
    let file = try SafetensorsFile(contentsOf: try folder.put(bytes, at: "m"))
    #expect(file["b"]?.values == .float32([1]))
    #expect(file.tensors.count + file.others.count == 2)
    if SafetensorsElementType(rawValue: type) == nil {
      #expect(file.others == [.init(name: "a", type: type, shape: [3])])
    }
  }

  @Test(arguments: [("F4", 8, 4), ("F6_E2M3", 4, 3), ("F6_E3M2", 8, 6), ("F4", 0, 0)])
  func elementsOfLessThanAByteArePacked(type: String, count: Int, byteCount: Int) throws {
    let folder = try TemporaryFolder()
    let header = #"{"a":{"dtype":"\#(type)","shape":[\#(count)],"data_offsets":[0,\#(byteCount)]}}"#
    let path = try folder.put(Self.file(header: header, dataCount: byteCount), at: "m")
    #expect(try SafetensorsFile(contentsOf: path).others.map(\.shape) == [[count]])
  }

  // MARK: What is refused

  private static let f32 = #""dtype":"F32","shape":[1],"data_offsets":[0,4]"#

  @Test(arguments: [
    // The grammar is wrong.
    ("", "found the header's end at byte 0, expected '{'"),
    ("[]", #"found "[" at byte 0 of the header, expected '{'"#),
    ("{", "found the header's end at byte 1, expected '\"'"),
    ("{}x", "expected spaces up to the header's end"),
    ("{\(f32)}", "expected '{'"),
    (#"{"a":{\#(f32)},}"#, "expected '\"'"),
    (#"{"a":{\#(f32)} "b":{}}"#, "expected '}'"),
    (#"{"a":{\#(f32)},"a":{\#(f32)}}"#, "found the key \"a\" twice, expected each key once"),
    (#"{"a":{\#(f32)},"\u0061":{\#(f32)}}"#, "found the key \"a\" twice"),
    (#"{"a":{"dtype":"F32",\#(f32)}}"#, "found the key \"dtype\" twice"),
    (#"{"__metadata__":{"k":"1","k":"2"}}"#, "found the key \"k\" twice"),
    (#"{"__metadata__":{},"__metadata__":{}}"#, "found the key \"__metadata__\" twice"),
    (#"{"__metadata__":null}"#, "expected '{'"),
    (#"{"__metadata__":{"k":1}}"#, "expected '\"'"),
    (#"{"__metadata__":{"k":{"k":{}}}}"#, "expected '\"'"),
    (#"{"a":{\#(f32),"more":1}}"#, "found the key \"more\" in tensor \"a\""),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, "found no data_offsets for tensor \"a\""),
    (#"{"a":{}}"#, "found no dtype for tensor \"a\""),
    (#"{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}"#, "expected a whole number"),
    (
      #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
      "expected a whole number that is not negative"
    ),
    (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, "expected a number without leading zeros"),
    (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, "expected ']'"),
    (#"{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}"#, "expected ']'"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, "expected at most 2 numbers in the list"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "found data_offsets [0] for tensor \"a\""),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "found data_offsets [4, 0] for tensor \"a\""
    ),
    (
      #"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}}"#,
      "expected a number below 2^63"
    ),
    // A string is wrong.
    ("{\"a\nb\":{}}", "expected a string without raw control characters"),
    (#"{"\x":{}}"#, "expected one of the escapes"),
    (#"{"\ud800":{}}"#, "expected a surrogate pair, not half of one"),
    (#"{"\udc00":{}}"#, "expected a surrogate pair, not half of one"),
    (#"{"\ud800\u0041":{}}"#, "expected the second half of a surrogate pair"),
    (#"{"\u12g4":{}}"#, "expected four hexadecimal digits"),
    (#"{"\u12"#, "expected four hexadecimal digits"),
    (#"{"a\"#, "expected the end of a string"),
    (#"{"a"#, "expected the end of a string"),
    // The header is inconsistent with four bytes of data.
    (
      #"{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,4]}}"#,
      "found tensor \"a\" with 4 bytes, expected 6 for F16 of shape [3]"
    ),
    (#"{"a":{"dtype":"F4","shape":[7],"data_offsets":[0,4]}}"#, "whose size in bytes fits 63 bits"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
      "found tensor \"a\" with 4 bytes, expected 8 for F32 of shape [2]"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#,
      "expected a shape whose size in bytes fits 63 bits"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}"#,
      "expected a shape whose size in bytes fits 63 bits"
    ),
    (
      #"{"a":{\#(f32)},"b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}"#,
      "found tensor \"b\" at byte 3 of the data, expected byte 4"
    ),
    (#"{"a":{\#(f32)},"b":{\#(f32)}}"#, "at byte 0 of the data, expected byte 4"),
    (
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#,
      "found tensor \"a\" at byte 2 of the data, expected byte 0"
    ),
    (#"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#, "found 4 bytes of data, expected the 3"),
    (#"{"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}}"#, "found 4 bytes of data, expected the 5"),
    ("{}", "found 4 bytes of data, expected the 0"),
  ])
  func aBadHeaderIsOneClearLine(header: String, message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.put(Self.file(header: header, dataCount: 4), at: "bad")
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(contentsOf: path) }
    let text = try #require(error?.description)
    #expect(text.hasPrefix(path + ": "))
    #expect(text.contains(message), "\(text)")
    #expect(!text.contains { $0.isNewline })
  }

  @Test func bytesThatAreNotUTF8AreRefused() throws {
    let folder = try TemporaryFolder()
    var bytes = Self.file(header: #"{"__metadata__":{"k":"??"}}"#)
    for i in bytes.indices where bytes[i] == UInt8(ascii: "?") { bytes[i] = 0xC0 }
    let path = try folder.put(bytes, at: "bad")
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(contentsOf: path) }
    #expect(error?.description.contains("a string that is not UTF-8 at byte 22 of the header") == true)
  }

  @Test func deepNestingIsRefusedWhereItStarts() throws {
    let folder = try TemporaryFolder()
    for opening in ["[", "{\"a\":"] {
      let path = try folder.put(Self.file(header: String(repeating: opening, count: 1_000_000)), at: "deep")
      #expect(throws: ModelFileError.self) { try SafetensorsFile(contentsOf: path) }
    }
  }

  @Test func manyTensorsWithoutDataAreRefusedBeforeTheyFillTheMemory() throws {
    let folder = try TemporaryFolder()
    let entries = (0...SafetensorsHeader.maximumEntryCount)
      .map { #""\#($0)":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"# }
    let path = try folder.put(Self.file(header: "{\(entries.joined(separator: ","))}"), at: "many")
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(contentsOf: path) }
    #expect(error?.description.contains("found more than 100000 tensors") == true)
  }

  @Test(
    arguments: [
      ([], "found 0 bytes in all"),
      ([2, 0, 0, 0, 0, 0, 0], "found 7 bytes in all"),
      ([9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], "found a file of 10 bytes, expected at least the 17"),
      ([255, 255, 255, 255, 255, 255, 255, 255], "found a header length of 18446744073709551615 bytes"),
      ([1, 225, 245, 5, 0, 0, 0, 0], "found a header length of 100000001 bytes, expected at most 100000000"),
    ] as [([UInt8], String)])
  func aBadLengthIsOneClearLine(bytes: [UInt8], message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.put(bytes, at: "bad")
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(contentsOf: path) }
    #expect(error?.description.contains(message) == true)
  }

  @Test func aFileCutAnywhereIsRefused() throws {
    let folder = try TemporaryFolder()
    try Self.sample.write(to: folder.file("whole"))
    let whole = try folder.bytes(of: "whole")
    for count in 0..<whole.count {
      let path = try folder.put(Array(whole[..<count]), at: "cut")
      #expect(throws: ModelFileError.self, "cut to \(count) bytes") { try SafetensorsFile(contentsOf: path) }
    }
  }

  @Test func aDamagedHeaderIsReadOrRefusedButNeverTraps() {
    let header = SafetensorsHeader(metadata: Self.sample.metadata, tensors: Self.sample.tensors)
    let json = Array(header.encoded().dropFirst(SafetensorsHeader.lengthPrefixCount))
    let dataCount = header.entries.reduce(0) { $0 + $1.bytes.count }
    var random = KeyedRandom(seed: 1, purpose: .noise)
    var refused = 0
    for _ in 0..<2000 {
      var damaged = json
      for _ in 0...random.index(below: 3) {
        damaged[random.index(below: json.count)] = UInt8(random.index(below: 256))
      }
      do { _ = try SafetensorsHeader(parsing: damaged, dataCount: dataCount, path: "m") } catch {
        refused += 1
      }
    }
    #expect((1000..<2000).contains(refused))
  }

  @Test func whatIsNotAFileIsNamed() throws {
    let folder = try TemporaryFolder()
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    #expect(throws: ModelFileError.notFound(path: folder.file("absent"))) {
      try SafetensorsFile(contentsOf: folder.file("absent"))
    }
    #expect(throws: ModelFileError.unreadable(path: folder.path, reason: "it is a folder")) {
      try SafetensorsFile(contentsOf: folder.path)
    }
    #expect(throws: ModelFileError.unreadable(path: folder.file("pipe"), reason: "it is not a regular file"))
    {
      try SafetensorsFile(contentsOf: folder.file("pipe"))
    }
  }

  @Test func namesInMessagesAreShortAndPrintable() {
    #expect(quotedForMessage("a\nb\u{1B}[31m") == #""a\nb\u{1B}[31m""#)
    #expect(quotedForMessage(String(repeating: "x", count: 1000)).count == 63)
  }
}
