module example.jp/greeter

go 1.22
