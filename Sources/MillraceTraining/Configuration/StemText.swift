import MillraceModels
package import MillraceNetwork

// A stem as text: `conv:32,64,128`, or with more of it `conv:32,64,128;kernel=3;pool=max`.
extension ConvolutionStem {
  /// What stands before the channels.
  private static let prefix = "conv:"

  /// The parameters whose values are words.
  private static let words = ["pool", "activation", "head"]

  private static let numbers = [
    NamedParameter("kernel", default: 3, .from(1, to: 15), isWhole: true, "side of the windows"),
    NamedParameter("stride", default: 1, .from(1, to: 15), isWhole: true, "places between two windows"),
    NamedParameter("padding", default: 1, .from(0, to: 14), isWhole: true, "border of zeros"),
    NamedParameter("depth", default: 1, .from(1, to: 8), isWhole: true, "convolutions of a block"),
    NamedParameter("window", default: 2, .from(1, to: 8), isWhole: true, "side of what is pooled"),
    NamedParameter("dropout", default: 0, .from(0, below: 1), "share of channels dropped"),
  ]

  /// Reads `conv:CHANNELS,…`, which may go on with `;key=value`.
  ///
  /// - Throws: ``ConfigurationError`` naming what is possible.
  init(parsing text: String) throws(ConfigurationError) {
    let text = text.trimmingSpaces
    try require(
      text.hasPrefix(Self.prefix), "stem",
      "must be none, auto, or the channels of each block such as conv:32,64,128, got '\(text)'")
    let items = text.dropFirst(Self.prefix.count).split(separator: ";", omittingEmptySubsequences: false)
    let widths = items[0].split(separator: ",", omittingEmptySubsequences: false).map {
      Int($0.trimmingSpaces)
    }
    let channels = widths.compactMap { $0 }
    try require(
      channels.count == widths.count, "stem",
      "needs the channels of each block such as conv:32,64,128, got '\(items[0].trimmingSpaces)'")
    let range = StemConfiguration.channelRange
    if let wrong = channels.first(where: { !range.contains($0) }) {
      throw ConfigurationError(
        setting: "stem", problem: "conv's channels must be from 1 to \(range.upperBound), got \(wrong)")
    }
    self.init(channels: channels)
    var numbers: [Substring] = []
    var keys: Set<String> = []
    for item in items.dropFirst() {
      let pair = item.split(separator: "=", maxSplits: 1).map(\.trimmingSpaces)
      let key = pair.first ?? ""
      let names = Self.numbers.map(\.key) + Self.words
      try require(
        pair.count == 2, "stem",
        "what follows conv's channels is written like depth=2 or pool=max, got '\(item.trimmingSpaces)'")
      try require(
        names.contains(key), "stem",
        "conv has no '\(key)'; "
          + suggestion(for: key, among: names, else: "it has \(names.joined(separator: ", "))"))
      guard Self.words.contains(key) else {
        numbers.append(item)
        keys.insert(key)
        continue
      }
      try require(keys.insert(key).inserted, "stem", "conv's \(key) occurs twice; write it once")
      switch key {
      case "pool": pooling = try Self.word(key, pair[1])
      case "activation": activation = try Self.word(key, pair[1])
      default: head = try Self.word(key, pair[1])
      }
    }
    let values = try NamedArguments(
      parsing: numbers.joined(separator: ";"), of: Self.numbers, setting: "stem", owner: "conv")
    (kernel, stride, depth) = (Int(values["kernel"]), Int(values["stride"]), Int(values["depth"]))
    (window, dropout) = (Int(values["window"]), values["dropout"])
    // As much as keeps the size.
    padding = keys.contains("padding") ? Int(values["padding"]) : kernel / 2
    try require(
      padding < kernel, "stem", "conv's padding must be less than its kernel, \(kernel), got \(padding)")
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ text: String
  ) throws(ConfigurationError) -> Word where Word.RawValue == String {
    if let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map { $0.rawValue }
    let hint = suggestion(for: text, among: words, else: "use one of \(words.joined(separator: ", "))")
    throw ConfigurationError(setting: "stem", problem: "'\(text)' is no \(key) of conv; \(hint)")
  }

  /// What follows the channels.
  private var parts: [String] {
    [
      "kernel=\(kernel)", "stride=\(stride)", "padding=\(padding)", "depth=\(depth)",
      "pool=\(pooling.rawValue)", "window=\(window)", "activation=\(activation.rawValue)",
      "dropout=\(dropout.shortText)", "head=\(head.rawValue)",
    ]
  }

  private func text(with parts: [String]) -> String {
    ([Self.prefix + channels.map(String.init).joined(separator: ",")] + parts).joined(separator: ";")
  }

  /// The text that is read back: the channels and everything else.
  package var text: String { text(with: parts) }

  /// The channels and what is not as usual; it is read back, too.
  package var shortText: String {
    var usual = ConvolutionStem(channels: channels)
    usual.padding = kernel / 2
    return text(with: zip(parts, usual.parts).filter { $0 != $1 }.map(\.0))
  }
}

extension ConfigurationSetting {
  /// The stem: none unless it is asked for, or the file of weights that a run begins with has one.
  package static var stem: ConfigurationSetting {
    ConfigurationSetting(
      key: "stem", summary: "convolutions before the hidden layers", words: ["none", automatic, "conv:"],
      reach: .step, bearing: .result, conditions: [],
      value: { $0.stem?.text },
      assign: { configuration, text in
        configuration.choosesStem = text == automatic
        if text == automatic {
          configuration.$stem.reset()
        } else {
          configuration.stem = text == "none" ? nil : try ConvolutionStem(parsing: text)
        }
      },
      choice: AutomaticChoice(
        state: { configuration in
          let stem = configuration.$stem
          // A network without one says nothing of it.
          let isChosen = configuration.choosesStem || configuration.stem != nil
          return AutomaticChoice.State(
            isAutomatic: stem.isAutomatic && isChosen, isPending: stem.isPending && configuration.choosesStem,
            reason: isChosen ? stem.reason : nil)
        },
        settle: { configuration, reason in
          let stem = configuration.stem
          configuration.$stem.reset()
          configuration.$stem.choose(stem, because: reason)
        }))
  }
}
