import Foundation
import MillraceModels
import MillraceTraining
import Testing

/// The grammar that optimisers and schedules share.
struct NamedChoiceTests {
  @Test func `Text that is written reads back as the same choice`() throws {
    for kind in OptimizerKind.allCases {
      let choice = OptimizerConfiguration(kind)
      #expect(try OptimizerConfiguration(parsing: choice.description) == choice)
    }
    for kind in LearningRateScheduleKind.allCases {
      let choice = LearningRateSchedule(kind)
      #expect(try LearningRateSchedule(parsing: choice.description) == choice)
    }
  }

  @Test func `What is not written has its default`() throws {
    let adam = try OptimizerConfiguration(parsing: " adam : beta1 = 0.8 ")
    #expect(adam["beta1"] == 0.8)
    #expect(adam["beta2"] == 0.999)
    #expect(adam.description == "adam:beta1=0.8;beta2=0.999;epsilon=1e-08")
    #expect(try adam == OptimizerConfiguration(.adam, ["beta1": 0.8]))
    #expect(try LearningRateSchedule(parsing: "step").description == "step:epochs=10;factor=0.1")
  }

  @Test func `A choice is encoded as its text`() throws {
    let choice = try LearningRateSchedule(parsing: "one-cycle:rise=0.4")
    let data = try JSONEncoder().encode([choice])
    #expect(String(decoding: data, as: UTF8.self) == #"["one-cycle:rise=0.4;start=0.04;end=4e-06"]"#)
    #expect(try JSONDecoder().decode([LearningRateSchedule].self, from: data) == [choice])
  }

  @Test(arguments: [
    ("adma", "optimizer: 'adma' is unknown; did you mean 'adam'?"),
    ("", "optimizer: '' is unknown; use one of sgd, momentum, nesterov, rmsprop, adam, adamw"),
    ("adam:beta=0.9", "optimizer: adam has no 'beta'; did you mean 'beta1'?"),
    ("adam:rate=0.9", "optimizer: adam has no 'rate'; it takes beta1=0.9;beta2=0.999;epsilon=1e-08"),
    ("sgd:momentum=0.9", "optimizer: sgd has no 'momentum'; it takes no numbers"),
    ("adam:beta1=1", "optimizer: adam's beta1 must be from 0 to below 1, got 1"),
    ("adam:beta1=fast", "optimizer: adam's beta1 must be from 0 to below 1, got fast"),
    ("adam:beta1=nan", "optimizer: adam's beta1 must be from 0 to below 1, got nan"),
    ("rmsprop:epsilon=0", "optimizer: rmsprop's epsilon must be above 0 and at most 1, got 0"),
    ("adam:beta1=0.9;beta1=0.8", "optimizer: adam's beta1 occurs twice; write it once"),
    ("adam:0.9", "optimizer: adam takes beta1=0.9;beta2=0.999;epsilon=1e-08, got '0.9'"),
    ("adam:beta1=0.9;", "optimizer: adam takes beta1=0.9;beta2=0.999;epsilon=1e-08, got ''"),
  ])
  func `An error names what was meant or what is allowed`(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) { try OptimizerConfiguration(parsing: text) }
    #expect(error.description == message)
  }

  @Test func `Whole numbers must be whole`() throws {
    let error = try #require(throws: ConfigurationError.self) {
      try LearningRateSchedule(.step, ["epochs": 2.5])
    }
    #expect(error.description == "schedule: step's epochs must be a whole number from 1 to 1000000, got 2.5")
  }
}
