// target: hardware
// dispatches: 2
module @sum {
  func.func public @main(%x: tensor<1000000xf32>) -> tensor<f32> {
    %cst = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.reduce(%x init: %cst) applies stablehlo.add across dimensions = [0] : (tensor<1000000xf32>, tensor<f32>) -> tensor<f32>
    return %0 : tensor<f32>
  }
}
