// target: hardware
// dispatches: 1
module @column_sums {
  func.func public @main(%x: tensor<50x64xf32>) -> tensor<64xf32> {
    %cst = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.reduce(%x init: %cst) applies stablehlo.add across dimensions = [0] : (tensor<50x64xf32>, tensor<f32>) -> tensor<64xf32>
    return %0 : tensor<64xf32>
  }
}
