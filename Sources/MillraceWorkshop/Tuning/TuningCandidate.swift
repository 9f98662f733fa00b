import MillraceNetwork
import MillraceRandom
import MillraceTraining

/// A configuration that a search tries.
public struct TuningCandidate: Sendable, Hashable, Codable {
  /// A step along an axis, in words.
  public struct Change: Sendable, Hashable, Codable {
    /// The axis.
    public var axis: String
    /// The new value, such as `yes` or `0.3`.
    public var text: String
  }

  /// A setting and its value.
  public struct Setting: Sendable, Hashable, Codable {
    /// The name of the setting.
    public var key: String
    /// The value of the setting.
    public var text: String
  }

  /// The changes from the automatic choice; empty for the automatic choice itself.
  public var changes: [Change]
  /// The settings that differ from the automatic choice, with their values here.
  public var settings: [Setting]
  /// The number of parameters of the candidate's network.
  public var parameterCount: Int

  /// The changes, as in `mirror yes, lr 0.002`; `auto` for the automatic choice.
  public var text: String {
    changes.isEmpty ? "auto" : changes.map { "\($0.axis) \($0.text)" }.joined(separator: ", ")
  }
}

extension TuningCandidate {
  /// How often a candidate is drawn anew where it equals an earlier one.
  private static let attempts = 64

  /// The candidates of a search; the first is the configuration itself, and no candidate comes twice.
  ///
  /// Each axis is moved in its turn: the first time alone, which shows what it is worth, then together with
  /// others that are drawn, one on average. What is drawn for a candidate depends only on the seed and on its
  /// number.
  ///
  /// - Parameters:
  ///   - count: The largest number of candidates; there are fewer where the axes allow no more.
  ///   - configuration: The configuration that is moved from, with everything chosen.
  ///   - axes: The axes that may move, at least one.
  ///   - classes: The number of classes.
  static func draw(
    _ count: Int, around configuration: TrainingConfiguration, along axes: [TuningAxis], classes: Int
  ) -> [TuningCandidate] {
    var candidates = [TuningCandidate(configuration, from: configuration, changes: [], classes: classes)]
    var seen: Set = [configuration.recipe]
    var (number, barren) = (1, 0)
    // An axis may have run out of moves while others have not.
    while candidates.count < count, barren < axes.count {
      let drawn = (0..<attempts).lazy.map { attempt in
        draw(number, attempt: attempt, around: configuration, along: axes)
      }.first { seen.insert($0.moved.recipe).inserted }
      barren = drawn == nil ? barren + 1 : 0
      if let drawn {
        candidates.append(
          TuningCandidate(drawn.moved, from: configuration, changes: drawn.changes, classes: classes))
      }
      number += 1
    }
    return candidates
  }

  private static func draw(
    _ number: Int, attempt: Int, around configuration: TrainingConfiguration, along axes: [TuningAxis]
  ) -> (moved: TrainingConfiguration, changes: [Change]) {
    var random = KeyedRandom(seed: configuration.seed, purpose: .tuning, epoch: attempt, sample: number)
    let main = (number - 1) % axes.count
    var moved = configuration
    var changes: [Change] = []
    for (place, axis) in axes.enumerated() {
      let isMoved = random.bernoulli(1 / Float(axes.count)) && number > axes.count
      let moves = axis.possibleMoves(from: moved)
      guard place == main || isMoved, !moves.isEmpty else { continue }
      let move = moves[random.index(below: moves.count)]
      move.apply(&moved)
      changes.append(Change(axis: axis.name, text: move.text))
    }
    return (moved, changes)
  }

  private init(
    _ moved: TrainingConfiguration, from configuration: TrainingConfiguration, changes: [Change], classes: Int
  ) {
    let before = Dictionary(uniqueKeysWithValues: configuration.resolvedSettings.map { ($0.key, $0.text) })
    self.changes = changes
    settings = moved.resolvedSettings.filter { before[$0.key] != $0.text }.map {
      Setting(key: $0.key, text: $0.text)
    }
    parameterCount = Network(moved.network(classes: classes)).parameterCount
  }

  /// The configuration of this candidate, made from the automatic choice.
  ///
  /// - Throws: ``ConfigurationError`` or the error of an augmentation's grammar, where a file that holds a
  ///   candidate comes from another version.
  func configuration(from automatic: TrainingConfiguration) throws -> TrainingConfiguration {
    var configuration = automatic
    for setting in settings { try configuration.set(setting.key, to: setting.text) }
    return configuration
  }
}
