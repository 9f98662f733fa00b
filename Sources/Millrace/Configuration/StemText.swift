import MillraceNetwork

// A stem as text: `conv:32,64,128`, or with more of it `conv:32,64,128;kernel=3;pool=max`.
extension ConvolutionStem {
  /// What stands before the channels.
  private static let prefix = "conv:"

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
      channels.count == widths.count && channels.allSatisfy { $0 > 0 }, "stem",
      "needs the channels of each block such as conv:32,64,128, got '\(items[0].trimmingSpaces)'")
    self.init(channels: channels)
    var numbers: [Substring] = []
    var keys: Set<String> = []
    for item in items.dropFirst() {
      let pair = item.split(separator: "=", maxSplits: 1).map(\.trimmingSpaces)
      let key = pair.first ?? ""
      guard pair.count == 2, ["pool", "activation", "head"].contains(key) else {
        numbers.append(item)
        keys.insert(key)
        continue
      }
      try require(keys.insert(key).inserted, "stem", "conv's \(key) stands twice; write it once")
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

  /// The text that is read back: the channels and everything else.
  package var text: String {
    let words = [
      "kernel=\(kernel)", "stride=\(stride)", "padding=\(padding)", "depth=\(depth)",
      "pool=\(pooling.rawValue)", "window=\(window)", "activation=\(activation.rawValue)",
      "dropout=\(dropout.shortText)", "head=\(head.rawValue)",
    ]
    return ([Self.prefix + channels.map(String.init).joined(separator: ",")] + words).joined(separator: ";")
  }
}

extension ConfigurationSetting {
  /// The stem: none unless it is asked for, or the file of weights that a run begins with has one.
  static var stem: ConfigurationSetting {
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
